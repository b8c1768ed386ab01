"""What a loop does: it counts the items of its list, and then does its step for each of them.

One body does both, told apart by the path of its attempt. The list is not stored: it is what the
loop's template comes to, which does not change while the loop is open, so each process works it out
once and keeps the last few.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from perdure.authoring.graphs.attempts import ItemBody
from perdure.authoring.graphs.failures import TooManyItemsError
from perdure.authoring.graphs.values import Values, steps_of
from perdure.errors import InvalidInputError
from perdure.kernel.directives import Spread
from perdure.kernel.filling import resolve
from perdure.kernel.paths import item_index, parent
from perdure.kernel.references import Json, Reference, Root, Template, read
from perdure.kernel.run import is_item
from perdure.ports.executor import Judgement, Result, Work

MOST_LISTS = 64
"""How many loops' lists a process keeps."""


@dataclass(frozen=True, slots=True)
class Listed:
    """The items of a loop, and the other values that its steps read."""

    context: str
    values: Values
    items: Sequence[Json]


class Lists:
    """The lists of the loops that this process has worked on last."""

    def __init__(self) -> None:
        self._lock = threading.RLock()  # a list may be made of another one
        self._kept: OrderedDict[tuple[str, str, int], Listed] = OrderedDict()

    def get(self, work: Work, loop: str, make: Callable[[], Listed]) -> Listed:
        """Return a loop's list; it is made if it is not kept, or is one for other inputs."""
        key = (work.run, loop, work.visit)
        with self._lock:  # a list is made once, also where many items of it begin together
            found = self._kept.get(key)
            if found is None or found.context != work.context:
                found = self._kept[key] = make()
            self._kept.move_to_end(key)
            while len(self._kept) > MOST_LISTS:
                self._kept.popitem(last=False)
        return found


@dataclass(frozen=True, slots=True)
class ItemValues:
    """The values that references of an item's attempt name; `outer` are those of the loop around."""

    listed: Listed
    index: int
    outer: "ItemValues | None" = None

    def __call__(self, reference: Reference) -> Json:
        """Return what the reference's path starts from."""
        return self.item() if reference.root is Root.LOOP else self.listed.values(reference)

    def item(self) -> dict[str, Json]:
        """Return what `loop` stands for."""
        items = self.listed.items
        known = {"current_item": items[self.index], "index": self.index, "length": len(items)}
        return known if self.outer is None else {**known, "outer": self.outer.item()}

    def collect(self, steps: Sequence[str]) -> dict[str, Json]:
        """Return the results of these steps, by id."""
        return self.listed.values.collect(steps)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopBody:
    """Counts the items of a list, or does its step for one of them; the step may be a loop itself."""

    over: Template
    most: int
    truncates: bool
    body: "ItemBody | LoopBody"
    lists: Lists = field(repr=False)
    is_async = False

    @classmethod
    def of(cls, config: Mapping[str, Any], body: "ItemBody | LoopBody", lists: Lists) -> "LoopBody":
        """Return the body for a loop's config, and for that of what it does for each item."""
        return cls(
            over=read(config["over"]),
            most=config["most"],
            truncates=config.get("truncates", False),
            body=body,
            lists=lists,
        )

    @property
    def steps(self) -> tuple[str, ...]:
        """The steps whose results it reads, for whatever stands within it."""
        return tuple(dict.fromkeys((*steps_of(self.over), *self.body.steps)))

    def __call__(self, work: Work) -> Result:
        """Run the attempt: of the loop itself, or of an item."""
        body, values = self._at(work, work.path)
        if isinstance(body, LoopBody):
            return body.spread(self._listed(work, work.path))
        assert isinstance(values, ItemValues)
        return body.run(work, values)

    def judge(self, work: Work, error: Exception) -> Judgement:
        """Tell `executors.invoke` whether another try may follow this error, and when."""
        return self.body.judge(work, error)

    def spread(self, listed: Listed) -> Result:
        """Return over how many items the loop goes. Raises TooManyItemsError."""
        count = len(listed.items)
        if count <= self.most:
            return Result(outcome=Spread(count))
        if self.truncates:
            return Result(outcome=Spread(self.most, count - self.most))
        raise TooManyItemsError(
            f"there are {count:,} items, and the loop takes at most {self.most:,}. Give it a larger "
            "'max_iterations', or 'on_limit': 'truncate' to leave out the rest"
        )

    def _at(self, work: Work, path: str) -> "tuple[ItemBody | LoopBody, ItemValues | None]":
        """Return what is done at a path, and the values there; None at the outermost loop's own."""
        loop, index = parent(path), item_index(path)
        if loop is None or not is_item(path):
            return self, None
        around, outer = self._at(work, loop)
        assert isinstance(around, LoopBody)
        assert index is not None
        return around.body, ItemValues(self._listed(work, loop), index, outer)

    def _listed(self, work: Work, loop: str) -> Listed:
        listed = self.lists.get(work, loop, lambda: self._list(work, loop))
        listed.values.tell()  # another attempt may have made it
        return listed

    def _list(self, work: Work, loop: str) -> Listed:
        body, around = self._at(work, loop)
        assert isinstance(body, LoopBody)
        values = Values(work, self.steps) if around is None else around.listed.values
        items = resolve(body.over, values if around is None else around)
        if not isinstance(items, list):
            raise InvalidInputError(
                f"a loop goes over a list, and this came to {_kind(items)}. Name a list"
            )
        return Listed(work.context, values, items)


def _kind(value: Json) -> str:
    if value is None:
        return "null"
    if isinstance(value, dict):
        return "an object"
    return "text" if isinstance(value, str) else "a number or a boolean"
