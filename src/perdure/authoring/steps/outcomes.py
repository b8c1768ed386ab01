"""What somebody may say who is asked what an attempt has done: done, not done, failed, unknown."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from perdure.authoring.steps.directives import Target, target_name
from perdure.errors import InvalidValueError
from perdure.kernel.directives import Complete, Goto
from perdure.kernel.plan import PlanKind, StepPlan


@dataclass(frozen=True, slots=True)
class Done:
    """It was done: these values are put into the context, and the run goes on at `then`."""

    data: Any = None
    then: str | None = None
    completes: bool = False


@dataclass(frozen=True, slots=True)
class NotDone:
    """It was not done, and will not be: the step is run again, under the same key."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody can say."""

    why: str = ""


@dataclass(frozen=True, slots=True)
class GaveUp:
    """It was not done, or not as it should have been, and the step has failed."""

    why: str


Answer = Done | NotDone | Unknown | GaveUp


class Outcomes:
    """What came of an attempt of which nobody knew; `outcome` is the one that there is."""

    __slots__ = ()

    def done(
        self, data: Any = None, *, then: Target | None = None, completes: bool = False
    ) -> Done:
        """Say that it was done. `data` (names and values) is merged into the context.

        The run goes on at `then`, or it `completes`. Where the step leads to one other step only,
        and waits for no signal, `then` may be left out. For a step of a graph `data` is its result.
        """
        if then is not None and completes:
            raise InvalidValueError("outcome.done: give `then` or `completes`, not both")
        name = None if then is None else target_name(then, "outcome.done(then=...)")
        return Done(data, name, completes)

    def not_done(self) -> NotDone:
        """Say that it was not done and will not be. The step is run again, under the same key."""
        return NotDone()

    def unknown(self, why: str = "") -> Unknown:
        """Say that it cannot be told."""
        return Unknown(why)

    def failed(self, why: str) -> GaveUp:
        """Say that the step has failed, and why."""
        return GaveUp(str(why) or "somebody said so and gave no reason")


outcome = Outcomes()


def way_on(kind: PlanKind, step: StepPlan, said: Done) -> Goto | Complete | None:
    """Return where a machine goes on whose step was done; None for a graph.

    Raises InvalidValueError where nobody has said it and the step leads to more than one place.
    """
    if kind is PlanKind.GRAPH:
        return None
    if said.completes:
        return Complete()
    if said.then is not None:
        return Goto(said.then)
    if step.waits or len(step.targets) > 1:
        places = ", ".join((*step.targets, *(f"a wait for {name!r}" for name in step.waits)))
        raise InvalidValueError(
            f"step {step.name!r} leads to more than one place ({places}), so say where the run goes "
            f'on: outcome.done(..., then="STEP") or completes=True'
        )
    return Goto(step.targets[0]) if step.targets else Complete()


def check_data(kind: PlanKind, data: Any) -> None:
    """Refuse what cannot be merged into a context. Raises InvalidValueError."""
    if kind is PlanKind.MACHINE and data is not None and not isinstance(data, Mapping):
        raise InvalidValueError(
            f"what a step was done with are names and values for its context, not {data!r}"
        )
