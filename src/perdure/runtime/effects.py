"""What events write: the rows of one run in a draft. Pure; all that is read is given."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from perdure.kernel import history
from perdure.kernel.paths import parent, plan_name
from perdure.kernel.plan import Plan, PlanKind
from perdure.ports.commit import (
    NEVER,
    UNSETTLED,
    AttemptEnded,
    InboxMade,
    JobMade,
    StepEnded,
    TimerMade,
    Written,
)
from perdure.ports.executor import Done
from perdure.ports.vault import KeyGone
from perdure.runtime import rewinds
from perdure.runtime.adoption import plan_adopted, run_stranded
from perdure.runtime.beside import begins_with_it, keep_beside, settled_context, take_beside
from perdure.runtime.draft import Draft
from perdure.runtime.hotrun import HotRun
from perdure.runtime.kin import begin_join, call_off_children, start_children, tell_parent
from perdure.runtime.line import LINE, enter, line_up
from perdure.runtime.packing import collected, scope_row
from perdure.runtime.parking import coming, park
from perdure.runtime.queueing import fair_of, keyed_of, queue
from perdure.runtime.records import dump_events
from perdure.runtime.traces import trace
from perdure.runtime.waits import (
    begin_wait,
    drop_signal,
    end_join,
    end_sleep,
    end_wait,
    keep_signal,
    take_signal,
    time_out,
)
from perdure.wire.encoding import encode
from perdure.wire.sealed import settings_of

CONTINUE = '["Continue"]'


@dataclass(frozen=True, slots=True)
class Cause:
    """What came beside the message: a report's values and token, or a signal's row.

    `payload` is what a signal brought, or who settled an outcome. `plan` is one that may be
    adopted.
    """

    message: str
    done: Done | None = None
    token: int | None = None
    inbox: int | None = None
    payload: str | None = None
    plan: Plan | None = None


def write(
    draft: Draft, hot: HotRun, events: list[history.Event], cause: Cause, *, more: bool = False
) -> None:
    """Add to the draft what these events write; `more` leaves a Continue in the run's inbox."""
    run = hot.run
    draft.touch(hot)
    hot.seq += 1
    if cause.inbox is not None:
        draft.commit.inbox_gone.append((run.id, cause.inbox))
    for event in events:
        _ROWS[type(event)](draft, hot, event, cause)
    if hot.beside is not None:
        keep_beside(draft, hot)
    if run.paused or hot.parked is not None:
        park(draft, hot)
    if more:
        draft.commit.inbox_made.append(InboxMade(run.id, CONTINUE, None, None))
    draft.commit.history.append(
        Written(run.id, hot.seq, draft.now, cause.message, dump_events(events))
    )


def _run_delayed(draft: Draft, hot: HotRun, event: history.RunDelayed, _cause: Cause) -> None:
    draft.set_timer(hot.run.id, "start", event.due)


def _run_lined_up(draft: Draft, hot: HotRun, _event: history.RunLinedUp, cause: Cause) -> None:
    if cause.payload is not None and cause.inbox is not None:
        hot.beside = (cause.inbox, cause.payload)  # the event that has started it
    line_up(draft, hot)


def _run_begins(
    draft: Draft, hot: HotRun, event: history.RunStarted | history.RunRetried, cause: Cause
) -> None:
    enter(draft, hot)
    if cause.payload is not None and cause.inbox is not None:
        hot.beside = (cause.inbox, cause.payload)  # the event that has started it
    if event.deadline is not None:
        draft.set_timer(hot.run.id, "deadline", event.deadline)


def _run_recovered(draft: Draft, hot: HotRun, event: history.RunRecovered, _cause: Cause) -> None:
    if hot.beside is not None:
        take_beside(draft, hot)  # what the model refused; the run goes on without it
    if event.deadline is not None:
        draft.set_timer(hot.run.id, "deadline", event.deadline)


def _step_scheduled(draft: Draft, hot: HotRun, event: history.StepScheduled, _cause: Cause) -> None:
    path, visit = event.step, event.visit
    step = hot.plan.step(plan_name(path))
    if event.attempt == 1:
        hot.tokens[path] = 0
        if hot.beside is not None and begins_with_it(hot):
            hot.payloads[path] = take_beside(draft, hot)
        for name in step.coming:
            draft.make_wait(coming(hot, path, visit, name))
    queue(draft, hot, event, verify=False)


def _verify_scheduled(
    draft: Draft, hot: HotRun, event: history.VerifyScheduled, _cause: Cause
) -> None:
    queue(draft, hot, event, verify=True)


def _step_succeeded(draft: Draft, hot: HotRun, event: history.StepSucceeded, cause: Cause) -> None:
    path, visit = event.step, event.visit
    done, found, payload = cause.done, hot.context, hot.payloads.get(path)
    output = meta = started_at = cpu = None
    if done is None:
        output = _settled(draft, hot, path, cause.payload)
    _end_visit(draft, hot, path, visit, cause.token)
    if done is not None:
        result = done.result
        started_at, cpu = result.since or done.started_at, done.cpu
        output = result.output
        meta = encode(result.meta) if result.meta else None
        if result.context is not None:
            hot.context = draft.contexts[hot.run.id] = result.context
    draft.commit.steps.append(
        StepEnded(
            hot.run.id, path, visit, event.attempt, "completed",
            started_at, draft.now, output, None, meta, trace(hot, found, payload), cpu,
        )
    )  # fmt: skip


def _settled(draft: Draft, hot: HotRun, path: str, payload: str | None) -> str | None:
    """Take what somebody brought who says that a step was done; return the step's output."""
    if hot.plan.kind is PlanKind.GRAPH:
        return payload
    context = settled_context(hot, path, payload)
    if context is not hot.context:
        hot.context = draft.contexts[hot.run.id] = context
    return None


def _end_visit(draft: Draft, hot: HotRun, path: str, visit: int, token: int | None) -> None:
    draft.drop_job(hot.run.id, path, visit, token)
    hot.tokens.pop(path, None)
    hot.payloads.pop(path, None)
    if hot.plan.step(plan_name(path)).coming:
        draft.drop_waits(hot.run.id, path, visit, "coming")


def _attempt_failed(
    draft: Draft,
    hot: HotRun,
    event: history.AttemptFailed | history.OutcomeUnknown,
    cause: Cause,
) -> None:
    draft.drop_job(hot.run.id, event.step, event.visit, cause.token)
    if cause.token is not None:  # it may have been claimed since the run was read
        hot.tokens[event.step] = cause.token
    started_at, error, _ = _error(event, cause)
    draft.commit.attempts.append(
        AttemptEnded(
            hot.run.id, event.step, event.visit, event.attempt, started_at, draft.now, error,
            _cpu(cause),
        )
    )  # fmt: skip


def _outcome_unknown(
    draft: Draft, hot: HotRun, event: history.OutcomeUnknown, cause: Cause
) -> None:
    """Keep the visit as a job that is never due: what it began with may be needed again."""
    _attempt_failed(draft, hot, event, cause)
    key = (hot.run.id, event.step, event.visit)
    step = hot.plan.step(plan_name(event.step))
    draft.jobs[key] = JobMade(
        *key, event.attempt, hot.tokens.get(event.step, 0), None, NEVER, step.queue, hot.priority,
        f"{step.lane}:{step.host or hot.plan.host}", hot.payloads.get(event.step), UNSETTLED,
        fair_of(hot, step), keyed_of(hot, event.step, event.visit),
    )  # fmt: skip


def _outcome_settled(
    draft: Draft, hot: HotRun, event: history.OutcomeSettled, _cause: Cause
) -> None:
    if event.outcome == "not_done":  # else what follows ends the visit
        draft.drop_job(hot.run.id, event.step, event.visit, None)


def _step_failed(draft: Draft, hot: HotRun, event: history.StepFailed, cause: Cause) -> None:
    payload = hot.payloads.get(event.step)
    if payload is not None and hot.plan.kind is PlanKind.MACHINE:
        hot.beside = (-event.visit, payload)  # a retry of the run begins with it
    _end_visit(draft, hot, event.step, event.visit, cause.token)
    started_at, error, meta = _error(event, cause)
    output = collected(error) if _is_collected(hot, event.step) else None
    draft.commit.steps.append(
        StepEnded(
            hot.run.id, event.step, event.visit, event.attempt, "failed",
            started_at, draft.now, output, error, meta, trace(hot, hot.context, payload),
            _cpu(cause),
        )
    )  # fmt: skip


def _cpu(cause: Cause) -> float | None:
    return cause.done.cpu if cause.done is not None else None


def _error(
    event: history.AttemptFailed | history.OutcomeUnknown | history.StepFailed, cause: Cause
) -> tuple[float | None, str, str | None]:
    """Return when a failed attempt began, its error as JSON text, and its meta."""
    if cause.done is None:
        body = {"kind": event.kind, "type": event.kind, "message": event.error}
        return None, encode(body), None
    result = cause.done.result
    error = result.error or encode({"kind": event.kind, "type": event.kind, "message": event.error})
    return cause.done.started_at, error, encode(result.meta) if result.meta else None


def _step_skipped(draft: Draft, hot: HotRun, event: history.StepSkipped, _cause: Cause) -> None:
    now = draft.now
    draft.commit.steps.append(
        StepEnded(hot.run.id, event.step, 0, 0, "skipped", None, now, None, None, None)
    )


def _step_rested(draft: Draft, hot: HotRun, event: history.StepRested, cause: Cause) -> None:
    _end_visit(draft, hot, event.step, event.visit, cause.token)


def _sleep_begun(draft: Draft, hot: HotRun, event: history.SleepBegun, _cause: Cause) -> None:
    made = TimerMade(hot.run.id, event.step, event.visit, "sleep", event.due, event.then)
    draft.timers[made[:4]] = made


def _timer_ended(draft: Draft, hot: HotRun, event: history.TimerEnded, _cause: Cause) -> None:
    if event.kind == LINE:
        draft.drop_waits(hot.run.id, event.step, event.visit, LINE)
        return
    draft.drop_timer(hot.run.id, event.step, event.visit, event.kind)
    if event.fired and event.kind == "sleep":
        end_sleep(hot, event.step)
    elif event.fired and event.kind == "wait":
        time_out(draft, hot, event.step, event.visit)
    elif event.fired and event.kind == "children":
        draft.drop_waits(hot.run.id, event.step, event.visit, "children")


def _attempt_stopped(
    draft: Draft, hot: HotRun, event: history.AttemptStopped, _cause: Cause
) -> None:
    if event.attempt == 0:  # it was a wait
        end_wait(draft, hot, event.step, event.visit)
    else:
        payload = hot.payloads.get(event.step)
        if payload is not None and hot.plan.kind is PlanKind.MACHINE:
            hot.beside = (-event.visit, payload)  # the clean-up, or a retry, begins with it
        _end_visit(draft, hot, event.step, event.visit, None)
        draft.stops.append((hot.run.id, event.step, event.visit))


def _run_resumed(draft: Draft, hot: HotRun, _event: history.RunResumed, _cause: Cause) -> None:
    for path, attempt in hot.run.attempts():  # nobody could claim them while the run was paused
        draft.queued.append((hot.plan.step(plan_name(path)).lane, attempt.due))


def _cancel_requested(
    draft: Draft, hot: HotRun, _event: history.CancelRequested, _cause: Cause
) -> None:
    call_off_children(draft, hot, "was cancelled")


def _run_ended(
    draft: Draft,
    hot: HotRun,
    event: history.RunCompleted | history.RunFailed | history.RunCancelled,
    _cause: Cause,
) -> None:
    tell_parent(draft, hot, ok=type(event) is history.RunCompleted)
    call_off_children(draft, hot, "ended")
    settings = settings_of(hot.context)
    if settings is not None and settings.deletes:
        draft.commit.data_keys_gone.append(KeyGone(hot.run.id, draft.now, "secure_deletion"))


def _run_rewound(draft: Draft, hot: HotRun, event: history.RunRewound, cause: Cause) -> None:
    enter(draft, hot)
    rewinds.rewound(draft, hot, event, cause.payload)


def _run_forked(draft: Draft, hot: HotRun, event: history.RunForked, cause: Cause) -> None:
    enter(draft, hot)
    rewinds.forked(draft, hot, event, cause.payload)


def _scope_begun(draft: Draft, hot: HotRun, event: history.ScopeBegun, cause: Cause) -> None:
    _end_visit(draft, hot, event.step, event.visit, cause.token)


def _scope_ended(draft: Draft, hot: HotRun, event: history.ScopeEnded, _cause: Cause) -> None:
    row = scope_row(hot.run.id, event, draft.now)
    if row.error is not None and _is_collected(hot, event.step):
        row = row._replace(output=collected(row.error))
    draft.commit.steps.append(row)


def _is_collected(hot: HotRun, path: str) -> bool:
    """Whether the failure of an item stands in the result of its loop."""
    loop = parent(path)
    return loop is not None and hot.plan.step(plan_name(path)).collects_at(loop)


def _nothing(_draft: Draft, _hot: HotRun, _event: history.Event, _cause: Cause) -> None:
    """Write nothing: the event shows in the run's row alone."""


_ROWS: dict[type, Callable[[Draft, HotRun, Any, Cause], None]] = {
    history.RunDelayed: _run_delayed,
    history.RunLinedUp: _run_lined_up,
    history.RunStarted: _run_begins,
    history.StepScheduled: _step_scheduled,
    history.StepSucceeded: _step_succeeded,
    history.AttemptFailed: _attempt_failed,
    history.VerifyScheduled: _verify_scheduled,
    history.OutcomeUnknown: _outcome_unknown,
    history.OutcomeSettled: _outcome_settled,
    history.StepFailed: _step_failed,
    history.StepSkipped: _step_skipped,
    history.Moved: _nothing,
    history.StepRested: _step_rested,
    history.SleepBegun: _sleep_begun,
    history.WaitBegun: begin_wait,
    history.SignalTaken: take_signal,
    history.SignalKept: keep_signal,
    history.SignalDropped: drop_signal,
    history.TimerEnded: _timer_ended,
    history.AttemptStopped: _attempt_stopped,
    history.ChildrenStarted: start_children,
    history.ChildEnded: _nothing,
    history.JoinBegun: begin_join,
    history.ChildrenAwaited: _nothing,
    history.JoinEnded: end_join,
    history.CancelRequested: _cancel_requested,
    history.CancelForced: _nothing,
    history.RunPaused: _nothing,
    history.RunResumed: _run_resumed,
    history.RunRetried: _run_begins,
    history.RunRewound: _run_rewound,
    history.RunForked: _run_forked,
    history.ScopeBegun: _scope_begun,
    history.ScopeEnded: _scope_ended,
    history.ScopeStopped: _nothing,
    history.RunFailing: _nothing,
    history.RunRecovered: _run_recovered,
    history.PlanAdopted: plan_adopted,
    history.RunStranded: run_stranded,
    history.RunCompleted: _run_ended,
    history.RunFailed: _run_ended,
    history.RunCancelled: _run_ended,
}
