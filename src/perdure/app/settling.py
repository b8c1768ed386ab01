"""Somebody settles what nobody knew: from what is said of an attempt to the message that says it."""

from difflib import get_close_matches

from perdure.authoring.payloads import payload_refusal
from perdure.authoring.steps.outcomes import (
    Answer,
    Done,
    GaveUp,
    NotDone,
    check_data,
    way_on,
)
from perdure.errors import InvalidValueError
from perdure.kernel.directives import Failed, Next, Outcome
from perdure.kernel.messages import Settle
from perdure.kernel.paths import plan_name
from perdure.kernel.plan import Plan, PlanKind
from perdure.ports.commit import UNSETTLED
from perdure.ports.rows import JobRow, Loaded
from perdure.runtime.envelopes import Told
from perdure.wire.encoding import check_value, encode_value


def settlement(
    loaded: Loaded, plan: Plan, step: str, said: Answer, *, by: str = "", why: str = ""
) -> Told | None:
    """Return what to tell the run; None if this step of it has no outcome that is unknown.

    Raises InvalidValueError for a step that the plan has not, and for what cannot be said of it.
    """
    if plan_name(step) not in plan.index:
        near = get_close_matches(step, plan.index, n=1)
        hint = f"Did you mean {near[0]!r}?" if near else f"Its steps: {', '.join(plan.index)}"
        raise InvalidValueError(f"workflow {plan.workflow!r} has no step {step!r}. {hint}")
    check_value([by, why], "settle")
    outcome, payload = _outcome(plan, step, said)
    job = unsettled(loaded, step)
    if job is None:
        return None
    message = Settle(
        step=step, visit=job.visit, attempt=job.attempt, outcome=outcome, by=by, why=why
    )
    return Told(loaded.row.id, message, payload=payload)


def unsettled(loaded: Loaded, step: str | None = None) -> JobRow | None:
    """Return the open visit of this step, or of any, of whose last attempt nobody knows."""
    found = (job for job in loaded.jobs if job.mode == UNSETTLED and step in (None, job.step))
    return next(found, None)


def _outcome(plan: Plan, step: str, said: Answer) -> tuple[Outcome | None, str | None]:
    match said:
        case NotDone():
            return None, None
        case GaveUp(why):
            check_value(why, "settle")
            return Failed(kind="failed", error=why, retryable=False), None
        case Done():
            return _done(plan, step, said)
        case _:
            raise InvalidValueError(
                f"settle with outcome.done(...), outcome.not_done() or outcome.failed(why), not "
                f"{said!r}"
            )


def _done(plan: Plan, step: str, said: Done) -> tuple[Outcome, str | None]:
    check_data(plan.kind, said.data)
    way = way_on(plan.kind, plan.step(plan_name(step)), said)
    if said.then is not None and said.then not in plan.index:
        raise InvalidValueError(f"workflow {plan.workflow!r} has no step {said.then!r}")
    if plan.kind is PlanKind.MACHINE and said.data is None:
        return way or Next(), None
    text = encode_value(said.data, "outcome")
    if plan.kind is PlanKind.MACHINE and (wrong := payload_refusal(plan.schema, text)):
        raise InvalidValueError(
            f"{wrong}. It is merged into the context of workflow {plan.workflow!r}, which it must fit",
            "outcome",
        )
    return way or Next(), text
