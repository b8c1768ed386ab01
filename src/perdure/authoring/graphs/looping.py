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

MOST_LISTS = 8
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
        self._lock = threading.Lock()
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
    """The values that references of an item's attempt name."""

    listed: Listed
    index: int

    def __call__(self, reference: Reference) -> Json:
        """Return what the reference's path starts from."""
        if reference.root is not Root.LOOP:
            return self.listed.values(reference)
        items = self.listed.items
        return {"current_item": items[self.index], "index": self.index, "length": len(items)}

    def collect(self, steps: Sequence[str]) -> dict[str, Json]:
        """Return the results of these steps, by id."""
        return self.listed.values.collect(steps)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopBody:
    """Counts the items of a list, or does its step for one of them."""

    over: Template
    most: int
    truncates: bool
    body: ItemBody
    lists: Lists = field(repr=False)
    is_async = False

    @classmethod
    def of(cls, config: Mapping[str, Any], body: ItemBody, lists: Lists) -> "LoopBody":
        """Return the body for a loop's config, and for that of what it does for each item."""
        return cls(
            over=read(config["over"]),
            most=config["most"],
            truncates=config.get("truncates", False),
            body=body,
            lists=lists,
        )

    def __call__(self, work: Work) -> Result:
        """Run the attempt: of the loop itself, or of an item."""
        if not is_item(work.path):
            return self._spread(self._listed(work, work.path))
        loop, index = parent(work.path), item_index(work.path)
        assert loop is not None
        assert index is not None
        return self.body.run(work, ItemValues(self._listed(work, loop), index))

    def judge(self, work: Work, error: Exception) -> Judgement:
        """Tell `executors.invoke` whether another try may follow this error, and when."""
        return self.body.judge(work, error)

    def _listed(self, work: Work, loop: str) -> Listed:
        listed = self.lists.get(work, loop, lambda: self._list(work))
        listed.values.tell()  # another attempt may have made it
        return listed

    def _list(self, work: Work) -> Listed:
        values = Values(work, tuple(dict.fromkeys((*steps_of(self.over), *self.body.steps))))
        items = resolve(self.over, values)
        if not isinstance(items, list):
            raise InvalidInputError(
                f"a loop goes over a list, and this came to {_kind(items)}. Name a list"
            )
        return Listed(work.context, values, items)

    def _spread(self, listed: Listed) -> Result:
        count = len(listed.items)
        if count <= self.most:
            return Result(outcome=Spread(count))
        if self.truncates:
            return Result(outcome=Spread(self.most, count - self.most))
        raise TooManyItemsError(
            f"there are {count:,} items, and the loop takes at most {self.most:,}. Give it a larger "
            "'max_iterations', or 'on_limit': 'truncate' to leave out the rest"
        )


def _kind(value: Json) -> str:
    if value is None:
        return "null"
    if isinstance(value, dict):
        return "an object"
    return "text" if isinstance(value, str) else "a number or a boolean"
