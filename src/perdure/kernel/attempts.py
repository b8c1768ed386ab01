"""How an attempt fails: it is tried again, asked about, or given up."""

from perdure.kernel import history, hooks, messages
from perdure.kernel.directives import Failed
from perdure.kernel.ends import Events
from perdure.kernel.paths import plan_name
from perdure.kernel.plan import Plan, PlanKind
from perdure.kernel.run import Attempt, Run, Status

Ended = messages.Report | messages.Lost | messages.Settle
UNKNOWN = ("timeout", "outcome_unknown", "worker_died")
"""Failures of an attempt that may have done all the same what its step is there for."""


def is_open(run: Run, message: messages.Report | messages.Lost | messages.Adopt) -> bool:
    """Whether the attempt that a message tells of is still open."""
    entry = run.open.get(message.step)
    at = (message.visit, message.attempt)
    return type(entry) is Attempt and (entry.visit, entry.attempt) == at


def failed(plan: Plan, run: Run, message: Ended, failure: Failed, now: float) -> Events:
    """Yield what a failure leads to: another attempt where that may help."""
    step, visit, attempt = message.step, message.visit, message.attempt
    step_plan = plan.step(plan_name(step))
    policy = step_plan.retry
    if step_plan.at_most_once:
        yield from _failed_once(plan, run, message, failure, now)
        return
    if failure.pauses and run.status is not Status.CANCELLING:
        yield from _held(run, message, failure, now)
        return
    helps = failure.retryable and (policy.on_timeout or failure.kind != "timeout")
    if helps and policy.allows(attempt, lost=failure.kind == "worker_died"):
        wait = policy.delay(attempt, _seed(run, message))
        yield history.AttemptFailed(step, visit, attempt, failure.kind, failure.error)
        due = now + max(wait, failure.retry_after or 0.0)
        yield history.StepScheduled(step, visit, attempt + 1, due)
    else:
        yield from _given_up(plan, run, message, failure.kind, failure.error)


def _held(run: Run, message: Ended, failure: Failed, now: float) -> Events:
    """Hold the run until somebody resumes it; then the same visit is tried again."""
    step, visit, attempt = message.step, message.visit, message.attempt
    yield history.AttemptFailed(step, visit, attempt, failure.kind, failure.error)
    if not run.paused:
        yield history.RunPaused(failure.kind, failure.error)
    yield history.StepScheduled(step, visit, attempt + 1, now)


def _seed(run: Run, message: Ended) -> str:
    return f"{run.id}/{message.step}/{message.visit}/{message.attempt}"


def lost(plan: Plan, run: Run, message: messages.Lost, now: float) -> Events:
    """Yield what the death of an attempt's worker leads to."""
    if not is_open(run, message):
        return
    step, visit, attempt = message.step, message.visit, message.attempt
    error = "the worker died while it worked on this attempt"
    if plan.step(plan_name(step)).at_most_once:
        yield from _unknown(plan, message, "worker_died", error, now)
    elif plan.step(plan_name(step)).retry.allows(attempt, lost=True):
        yield history.AttemptFailed(step, visit, attempt, "worker_died", error)
        yield history.StepScheduled(step, visit, attempt + 1, now)
    else:
        yield from _given_up(plan, run, message, "worker_died", error)


def _failed_once(plan: Plan, run: Run, message: Ended, failure: Failed, now: float) -> Events:
    """End a visit whose step says that it failed: it is not run again, whatever its policy says."""
    is_said = isinstance(message, messages.Settle)  # somebody knows
    if failure.kind in UNKNOWN and not is_said:
        wait = plan.step(plan_name(message.step)).retry.delay(message.attempt, _seed(run, message))
        due = now + max(wait, failure.retry_after or 0.0)
        yield from _unknown(plan, message, failure.kind, failure.error, due)
    else:
        yield from _given_up(plan, run, message, failure.kind, failure.error)


def _unknown(plan: Plan, message: Ended, kind: str, error: str, due: float) -> Events:
    """Have it asked what an attempt has done, where code can be asked; else the visit rests."""
    step, visit, attempt = message.step, message.visit, message.attempt
    asked = plan.step(plan_name(step))
    if asked.verify and asked.retry.allows(attempt, lost=True):
        yield history.AttemptFailed(step, visit, attempt, kind, error)
        yield history.VerifyScheduled(step, visit, attempt + 1, due)
    else:
        yield history.OutcomeUnknown(step, visit, attempt, kind, error)


def skip_branches(plan: Plan, step: str, chosen: str | None = None) -> Events:
    """Skip the branches of a step but for the one that was chosen."""
    for branch in plan.step(plan_name(step)).branches:
        if branch != chosen:
            yield history.StepSkipped(branch, broken=False)


def _given_up(plan: Plan, run: Run, message: Ended, kind: str, error: str) -> Events:
    step = message.step
    if plan.step(plan_name(step)).continue_on_error:
        yield from skip_branches(plan, step)  # nothing was chosen, and the run goes on
    yield history.StepFailed(step, message.visit, message.attempt, kind, error)
    if plan.kind is PlanKind.MACHINE and run.status is not Status.CANCELLING:
        yield from hooks.fail(plan, run, history.RunFailed(step, kind, error))
