"""The steps of a definition as far as they can be read, also where their shape is wrong.

So that references and dependencies are examined beside everything else, and all problems of a
definition are told at once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from perdure.authoring.graphs.conditions import read_condition
from perdure.authoring.graphs.findings import Findings, place
from perdure.authoring.graphs.models import (
    BRANCHES,
    MAX_LOOPS,
    MAX_NESTED,
    MAX_STEPS,
    branch_name,
)
from perdure.kernel.references import NAMES, BadReferenceError, Reference, cut, scan

TEMPLATES = (
    *("input", "inputs", "parameters", "iterate_over"),
    *("url", "headers", "query", "body"),
    *("key", "entity", "match", "default", "seconds", "until"),
)
"""The fields of a step in which references are filled in."""

LOOPS = ("loop", "parallel_processing")
"""Types of steps that cannot be what a loop does for an item."""

LOOPS_OWN = (
    *("id", "depends_on", "timeout", "parallel_group", "error_handling", "continue_on_error"),
    *("resource_requirements", "queue", "declassify"),
)
"""What is said of a loop, and holds for each of its items."""

_LITERAL = (
    *("id", "type", "model", "function", "depends_on", "parallel_group"),
    *("signal", "event", "method", "workflow"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One step: its place, its name in the plan, and its data.

    The name is empty where a step needs an id and has none. `within` is the number of the step
    that it is a branch of. `items` are what a loop does for each item: a step, then its
    branches; those are `is_item`.
    """

    place: str
    id: str
    data: dict[str, Any]
    within: int | None = None
    items: "tuple[Draft, ...]" = ()
    is_item: bool = False

    @property
    def is_loop(self) -> bool:
        """Whether it goes over the items of a list."""
        return self.data.get("type") in LOOPS

    @property
    def doing(self) -> "tuple[Draft, ...]":
        """What does something here: the step itself, or what a loop does for each item."""
        return self.items or (self,)

    @property
    def group(self) -> str | None:
        """The step's group, if it names one."""
        group = self.data.get("parallel_group")
        return group if isinstance(group, str) else None

    def after(self) -> Iterator[tuple[str, str]]:
        """Yield what `depends_on` names, with its place."""
        names = self.data.get("depends_on")
        for number, name in enumerate(names if isinstance(names, list) else ()):
            if isinstance(name, str):
                yield place(f"{self.place}.depends_on", number), name

    def references(self, findings: Findings) -> Iterator[tuple[str, Reference]]:
        """Yield the references in the step's templates, with their places."""
        for name in TEMPLATES:
            if name in self.data:
                yield from find_references(self.data[name], place(self.place, name), findings)
        condition = self.data.get("condition")
        if self.data.get("type") == "conditional" and isinstance(condition, str):
            yield from _asked(condition, place(self.place, "condition"), findings)
        for item in self.items:
            yield from item.references(findings)

    def is_in_item(self, here: str) -> bool:
        """Whether a place in the step is filled in for each item of a loop."""
        if self.data.get("type") == "parallel_processing":
            return here.startswith(f"{self.place}.parameters")
        return bool(self.items) and here.startswith(self.items[0].place)


def _asked(condition: str, here: str, findings: Findings) -> Iterator[tuple[str, Reference]]:
    try:
        read = read_condition(condition)
    except BadReferenceError as fault:
        findings.error(here, fault.message, fault.suggestion)
        return
    yield from ((here, reference) for reference in read.references())


def read_drafts(data: dict[str, Any], findings: Findings) -> list[Draft]:
    """Return the steps that are objects, each followed by its branches.

    Ids that are taken or reserved are told.
    """
    reading = _Reading(findings)
    steps = data.get("steps")
    for number, step in enumerate(steps[:MAX_STEPS] if isinstance(steps, list) else ()):
        if isinstance(step, dict):
            reading.add(step, place("steps", number), None, "")
    if sum(draft.is_loop for draft in reading.drafts) > MAX_LOOPS:
        findings.error("steps", f"has more than {MAX_LOOPS} loops", "Split the workflow")
    if len(reading.drafts) > MAX_STEPS:
        message = f"with what stands inside of them there are {len(reading.drafts):,} steps"
        findings.error("steps", message, f"There may be {MAX_STEPS:,}. Split the workflow")
    return reading.drafts


class _Reading:
    """The steps of one definition, as they are found."""

    def __init__(self, findings: Findings) -> None:
        self.drafts: list[Draft] = []
        self._findings = findings
        self._taken: dict[str, str] = {}

    def add(self, step: dict[str, Any], here: str, within: int | None, otherwise: str) -> None:
        """Add a step and its branches; one without an id is called `otherwise`."""
        name = step.get("id")
        if isinstance(name, str):
            _check_id(name, here, self._taken, self._findings)
        called = name if isinstance(name, str) else otherwise
        number = len(self.drafts)
        items = tuple(self._items(step, here))
        draft = Draft(place=here, id=called, data=step, within=within, items=items)
        self.drafts.append(draft)
        _check_literals(step, here, self._findings)
        for field, inner in inside(step):
            self.add(inner, place(here, field), number, branch_name(called, field))

    def _items(self, step: dict[str, Any], here: str) -> Iterator[Draft]:
        """Yield what a loop does for each item: a step, and what stands inside of that."""
        inner, there = step.get("step"), place(here, "step")
        if step.get("type") == "loop" and isinstance(inner, dict):
            yield from self._item(inner, there, 1)

    def _item(self, inner: dict[str, Any], there: str, depth: int) -> Iterator[Draft]:
        """Yield what is done for an item within so many loops; 0 stands for within a condition."""
        kind = inner.get("type")
        if kind in LOOPS and not 0 < depth < MAX_NESTED:
            hint = f"At most {MAX_NESTED} loops stand within each other"
            if depth == 0:
                hint = "Filter the list in a step before, or put the loop into a 'workflow' step"
            message = f"a step of type {kind!r} cannot stand here"
            self._findings.error(place(there, "type"), message, hint)
        for field in LOOPS_OWN:
            if inner.get(field):
                hint = "Say it of the loop"
                self._findings.error(place(there, field), "cannot be said of each item", hint)
        _check_literals(inner, there, self._findings)
        yield Draft(place=there, id="", data=inner, is_item=True)
        if kind == "loop" and isinstance(step := inner.get("step"), dict):
            yield from self._item(step, place(there, "step"), depth + 1 if depth else 0)
        for field, branch in inside(inner):
            yield from self._item(branch, place(there, field), 0)


def inside(step: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the steps that stand in a step, with the fields that hold them."""
    if step.get("type") == "conditional":
        for field in BRANCHES:
            if isinstance(inner := step.get(field), dict):
                yield field, inner


def _check_id(name: str, here: str, taken: dict[str, str], findings: Findings) -> None:
    if name in NAMES or name.startswith("__"):
        findings.error(
            f"{here}.id",
            f"{cut(name)!r} is a reserved word",
            f"Call the step '{cut(name.strip('_'))}_step'",
        )
    if (first := taken.setdefault(name, here)) != here:
        findings.error(f"{here}.id", f"{cut(name)!r} is the id of {first} already")


def _check_literals(step: dict[str, Any], here: str, findings: Findings) -> None:
    """Tell references outside of templates, where they would be taken for a name."""
    for name in _LITERAL:
        value = step.get(name)
        if isinstance(value, str) and "${" in value:
            hint = f"They are filled in in: {', '.join(TEMPLATES)}"
            if "${template." in value:
                hint = "It is filled in where a definition is made of a template"
            findings.error(place(here, name), "takes a name, no reference", hint)


def find_references(value: Any, here: str, findings: Findings) -> Iterator[tuple[str, Reference]]:
    """Yield each reference in a template with its place; what is no reference is told."""
    if isinstance(value, str):
        if "${" in value:
            parts, faults = scan(value)
            for fault in faults:
                findings.error(here, fault.message, fault.suggestion)
            yield from ((here, part) for part in parts if isinstance(part, Reference))
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from find_references(part, place(here, number), findings)
    elif isinstance(value, dict):
        for key, part in value.items():
            if "${" in key:
                hint = "Put it into the value; '${' in a name is left as it is"
                findings.warning(place(here, key), "a name is never filled in", hint)
            yield from find_references(part, place(here, key), findings)
