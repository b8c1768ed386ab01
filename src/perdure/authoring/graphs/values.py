"""What references name while a run goes on: its inputs, and the results of its steps.

The result of a step with branches is that of the branch which ran, null if none did. Only the
steps that are named are read.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Protocol

from perdure.authoring.graphs.guarding import opener_of
from perdure.kernel.paths import item, plan_name
from perdure.kernel.plan import Plan
from perdure.kernel.references import Json, Reference, Root, Template, references
from perdure.ports.executor import Work
from perdure.wire.encoding import decode

Read = Callable[[list[str]], Mapping[str, str | None]]
"""Gives the JSON texts of steps' results, None or nothing where a step was skipped."""


class Lookups(Protocol):
    """Gives the values that references name."""

    def __call__(self, reference: Reference) -> Json:
        """Return what the reference's path starts from."""

    def collect(self, steps: Sequence[str]) -> dict[str, Json]:
        """Return the results of these steps, by id."""


class Values:
    """The values that references of one attempt name."""

    def __init__(self, work: Work, steps: Sequence[str]) -> None:
        self._work = work
        self._opener = opener_of(work)
        read = work.outputs if self._opener is None else self._opener.outputs
        self._results = results(work.plan, read, steps)

    @cached_property
    def _inputs(self) -> Json:
        inputs: Json = decode(self._work.context)
        return inputs

    def __call__(self, reference: Reference) -> Json:
        """Return what the reference's path starts from; the result of a skipped step is null."""
        if reference.root is not Root.INPUT:
            return self._results[reference.step]
        if self._opener is None:
            return self._inputs
        name = next((part for part in reference.path if isinstance(part, str)), None)
        return self._opener.inputs(self._work.context, name)

    def tell(self) -> None:
        """Say that the attempt which runs here depends on all that was read for another one."""
        if self._opener is not None:
            self._opener.tell()

    def collect(self, steps: Sequence[str]) -> dict[str, Json]:
        """Return the results of these steps, by id."""
        return {name: self._results[name] for name in steps}


def results(plan: Plan, read: Read, steps: Sequence[str]) -> dict[str, Json]:
    """Return the results of steps, by name."""
    sources = {name: list(_sources(plan, name)) for name in steps}
    wanted = list(dict.fromkeys(source for many in sources.values() for source in many))
    texts = read(wanted) if wanted else {}
    found: dict[str, Json] = {}
    for name, many in sources.items():
        source = next((source for source in many if texts.get(source) is not None), None)
        found[name] = _result(plan, read, source, texts[source]) if source is not None else None
    return found


def _result(plan: Plan, read: Read, name: str, text: str | None) -> Json:
    """Return a step's result; a loop's are those of its items, in their order."""
    value: Json = decode(text) if text is not None else None
    step = plan.step(plan_name(name))
    if step.window_at(name) == 0 or not isinstance(value, dict):
        return value
    count = value.get("items")
    if not isinstance(count, int):
        return value  # a loop in a loop that failed, and is told so
    paths = [item(name, number) for number in range(count)]
    texts = read(paths) if paths else {}
    if paths and step.window_at(paths[0]) > 0:
        return [_result(plan, read, path, texts.get(path)) for path in paths]
    kept = (texts.get(path) for path in paths)
    return [decode(each) if each is not None else None for each in kept]


def _sources(plan: Plan, name: str) -> Iterator[str]:
    """Yield the steps of which one has a step's result: itself, or what may run in its place."""
    branches = plan.step(name).branches
    if not branches:
        yield name
    for branch in branches:
        yield from _sources(plan, branch)


def steps_of(*templates: Template) -> tuple[str, ...]:
    """Return the steps whose results the templates name, each once."""
    found = (reference.step for template in templates for reference in references(template))
    return tuple(dict.fromkeys(filter(None, found)))
