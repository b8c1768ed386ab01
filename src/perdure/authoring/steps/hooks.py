"""Hooks: the steps that a run ends with when it is cancelled, or would fail.

Nothing leads to one but the run's end. It returns nothing; one of a run that would fail may say
where the run goes instead, and so take the failure back.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from perdure.authoring.steps import directives
from perdure.authoring.steps.current import current_work
from perdure.authoring.steps.edges import Edges
from perdure.authoring.steps.methods import Methods
from perdure.authoring.steps.options import StepOptions
from perdure.errors import DefinitionError, InvalidStepResultError
from perdure.wire.encoding import decode


@dataclass(frozen=True, slots=True)
class Hook:
    """What a hook may return. One that is `final` cannot take the end back: it is a cancel."""

    final: bool

    @classmethod
    def of(cls, options: StepOptions) -> Self | None:
        """Return the hook that a step was declared to be; None if it is none."""
        return cls(final=not options.on_fail) if options.is_hook else None

    def has_ended(self, label: str, returned: Any) -> bool:
        """Whether the hook lets the run end; else what it returned is a directive like any.

        Raises InvalidStepResultError for a directive that no hook may return.
        """
        if returned is None:
            return True
        known: tuple[type, ...] = (directives.Completed,)
        ways = "nothing, or complete(**data) to add to the context"
        if not self.final:
            known = (directives.Completed, directives.GoTo, directives.GivenUp)
            ways = (
                "nothing to let the run fail, fail(...) for another reason, or goto(...) or "
                "complete(...) to go on after all"
            )
        if isinstance(returned, directives.Directive) and not isinstance(returned, known):
            asked = type(returned).__name__
            raise InvalidStepResultError(f"{label} is a hook and asked for {asked}. Return {ways}")
        return False


@dataclass(frozen=True, slots=True)
class RunFailure:
    """Why a run fails: the step it was at, the kind of failure (`timeout`, `error` ...), a text."""

    step: str | None
    kind: str
    message: str


def get_failure() -> RunFailure | None:
    """Return why the run fails, in its hook; None where it does not fail, as when it is cancelled.

    Raises OutsideStepError where no step runs.
    """
    work = current_work("get_failure()", "Outside of one, read the run's `error`")
    text = work.family.error(work.run) if work.family is not None else None
    if text is None:
        return None
    said = decode(text)
    return RunFailure(said.get("step"), str(said.get("kind", "")), str(said.get("message", "")))


def as_hook(options: StepOptions, *, on_fail: bool, on_cancel: bool) -> StepOptions:
    """Return the options of a step that may be a hook. Raises DefinitionError."""
    if not on_fail and not on_cancel:
        return options
    said = "on_fail" if on_fail else "on_cancel"
    if options.start:
        raise DefinitionError(f"@step(start=True, {said}=True): no run begins with its hook")
    if options.waits:
        raise DefinitionError(f"@step(waits=..., {said}=True): a hook cannot wait")
    return replace(options, on_fail=bool(on_fail), on_cancel=bool(on_cancel))


def check_hooks(methods: Methods, edges: Mapping[str, Edges]) -> None:
    """Refuse two hooks for one thing, and a hook that waits. Raises DefinitionError."""
    for said in ("on_fail", "on_cancel"):
        found = [step.name for step in methods.steps.values() if getattr(step.options, said)]
        if len(found) > 1:
            raise DefinitionError(
                f"{methods.label(found[0])} and {found[1]} both have {said}=True. Keep it on one, "
                f"which calls the other"
            )
    for name, step in methods.steps.items():
        if step.options.is_hook and (edges[name].signals or edges[name].open_waits):
            raise DefinitionError(
                f"{methods.label(name)} is a hook and waits for something. The run is at its end: "
                f"do what must be done, or with on_fail=True go to a step that waits"
            )
