"""Child runs: `start_child` in a step, and `children()` in the step after `wait.for_children`."""

from collections.abc import Mapping, Sequence
from typing import Any

from perdure.authoring.steps.current import current_work, place
from perdure.errors import (
    ChildFailedError,
    ChildNotEndedError,
    InvalidStepResultError,
    OutsideStepError,
)
from perdure.ids import child_id
from perdure.kernel.directives import Complete, Directive, Fail, Next
from perdure.kernel.run import Status
from perdure.ports.executor import MOST_STARTED, ChildWanted, Family, Work
from perdure.ports.rows import RunRow
from perdure.wire.encoding import decode


class Child:
    """A child run as it stood when `children()` was called."""

    __slots__ = ("_family", "_row")

    def __init__(self, row: RunRow, family: Family) -> None:
        self._row = row
        self._family = family

    def __repr__(self) -> str:
        """Show the id, the workflow and the status."""
        return f"<Child {self.run_id} of {self.workflow}: {self.status}>"

    @property
    def run_id(self) -> str:
        """The child's id, which `start_child` returned."""
        return self._row.id

    @property
    def workflow(self) -> str:
        """The name of the child's workflow."""
        return self._row.workflow

    @property
    def status(self) -> str:
        """Completed, failed or cancelled, or how else it stands: it may not have ended."""
        return self._row.status

    @property
    def ended(self) -> bool:
        """Whether it has completed, failed, or was cancelled."""
        return Status(self._row.status).ended

    @property
    def error(self) -> dict[str, Any] | None:
        """Why the child failed (kind, message, step); None if it did not."""
        return None if self._row.error is None else dict(decode(self._row.error))

    def result(self) -> Any:
        """Return what the child came to: its context as a dict, or a graph's final result.

        It is read now, and not kept. Raises ChildFailedError where it failed or was cancelled,
        which fails the step if nothing catches it; ChildNotEndedError where it still runs.
        """
        match Status(self._row.status):
            case Status.COMPLETED:
                return self._family.result(self._row)
            case Status.FAILED:
                error = self.error or {}
                kind, message = str(error.get("kind")), str(error.get("message"))
                raise ChildFailedError(self.run_id, self.workflow, kind, message)
            case Status.CANCELLED:
                raise ChildFailedError(self.run_id, self.workflow, "cancelled", "it was cancelled")
            case status:
                raise ChildNotEndedError(
                    f"child {self.run_id} of {self.workflow!r} is {status}. Wait for all children "
                    "before their results are read, or ask each whether it has `ended`"
                )


def start_child(
    workflow: str | type,
    /,
    *,
    inputs: Mapping[str, Any] | None = None,
    priority: int = 0,
    detached: bool = False,
    **given: Any,
) -> str:
    """Start a run of another workflow, or of this one, and return its id. Only in a step.

    Keywords are the workflow's inputs; one that has the name of an option goes into `inputs`. The
    child begins when the step ends well, in the same transaction: a step that fails, or is tried
    again, leaves none behind. It is cancelled when this run is cancelled or ends before it, unless
    it is `detached`. `wait.for_children` waits for it. At most 1,000 in one visit.
    Raises UnknownWorkflowError, InvalidValueError, OutsideStepError.
    """
    work = current_work("start_child()", "Outside of one, start a run with engine.start(...)")
    if len(work.started) == MOST_STARTED:
        raise InvalidStepResultError(
            f"{place()}: a step starts at most {MOST_STARTED} children in one visit. Start the "
            "rest in the next one: return goto(self.STEP)"
        )
    if work.step.at_most_once:
        raise InvalidStepResultError(
            f"{place()}: a step that runs at most once may be settled without its code, and would "
            "lose its children then. Start them in the next step"
        )
    wanted = {**(inputs or {}), **given}
    child = _family(work).wanted(workflow, wanted, priority=priority, detached=detached)
    work.started.append(child)
    return child_id(work.run, work.path, work.visit, len(work.started) - 1)


def children() -> list[Child]:
    """Return the children that this run waits for, or waited for last, in their order.

    Each is as it stands now; `child.result()` reads what it came to. Only in a step.
    """
    work = current_work("children()", "Outside of one, ask engine.runs(parent=...)")
    family = _family(work)
    return [Child(row, family) for row in family.children(work.run)]


def check_ending(label: str, outcome: Directive, wanted: Sequence[ChildWanted]) -> None:
    """Refuse to end a run in the step that starts a child, which would be cancelled at once.

    Raises InvalidStepResultError.
    """
    lost = [child for child in wanted if not child.detached]
    if lost and isinstance(outcome, Complete | Fail | Next):
        name = lost[0].plan.workflow
        raise InvalidStepResultError(
            f"{label} started a child of {name!r} and ended the run, which would cancel the child "
            "at once. Wait for it: return wait.for_children(then=self.STEP); or let it go on "
            f"alone: start_child({name!r}, detached=True, ...)"
        )


def _family(work: Work) -> Family:
    if work.family is None:
        raise OutsideStepError(
            "a step that runs alone has no children. Run its workflow on an engine, such as the "
            "one in memory of perdure.testing"
        )
    return work.family
