"""The one place where user code is called: whatever it does becomes a report."""

import logging
import traceback
from collections.abc import Awaitable
from typing import cast

from perdure.authoring.heartbeats import enter, leave
from perdure.errors import AttemptStoppedError, RetryAfterError, StepError
from perdure.kernel.directives import Failed
from perdure.ports.budgets import BudgetExceededError
from perdure.ports.clock import Clock
from perdure.ports.executor import Body, Done, Result, Work
from perdure.ports.models import spent_of
from perdure.wire.encoding import clean_text, encode

log = logging.getLogger("perdure.step")

MOST_MESSAGE = 500
MOST_TRACEBACK = 16_000
MOST_FRAMES = 100


def invoke(body: Body, work: Work, clock: Clock) -> Done:
    """Run a body that is no coroutine, and return its report. Never raises an Exception."""
    started_at, worked = clock.now(), clock.cpu()
    working = enter(work)
    try:
        result = cast("Result", body(work))
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a step's exit is no exit of ours
        result = _logged(error, body, work)
    finally:
        leave(working)
    return Done(work, result, started_at, clock.now(), clock.cpu() - worked)


async def invoke_async(body: Body, work: Work, clock: Clock) -> Done:
    """Run a body that is a coroutine, and return its report. A cancellation passes through.

    What the processor did for it alone cannot be measured: its loop has other tasks.
    """
    started_at = clock.now()
    enter(work)  # its task has a context of its own, which ends with it
    try:
        result = await cast("Awaitable[Result]", body(work))
    except (Exception, SystemExit) as error:  # noqa: BLE001
        result = _logged(error, body, work)
    return Done(work, result, started_at, clock.now())


def _logged(error: Exception | SystemExit, body: Body, work: Work) -> Result:
    """Return the failure, and tell the log; what a step raised on purpose needs no traceback."""
    result = failure(error, body, work)
    log.warning(
        "step %r of run %s failed in attempt %d: %s: %s",
        work.path, work.run, work.attempt, type(error).__name__, getattr(result.outcome, "error", ""),
        exc_info=None if isinstance(error, StepError | AttemptStoppedError) else error,
        extra={"run": work.run, "step": work.path, "visit": work.visit, "attempt": work.attempt},
    )  # fmt: skip
    return result


def failure(error: BaseException, body: Body | None, work: Work | None = None) -> Result:
    """Return the result of an attempt that raised: its kind, and whether to try again.

    A body that has a `judge` says so itself, of an attempt that ran; any other may have `retryable`.
    """
    kind = error.kind if isinstance(error, StepError) else "error"
    message = _text(error)
    ask = getattr(body, "retryable", None)
    retryable = error.retryable if isinstance(error, StepError) else True
    if retryable and ask is not None:
        retryable = bool(ask(error))
    after = error.seconds if isinstance(error, RetryAfterError) else None
    judge = getattr(body, "judge", None)
    if work is not None and isinstance(error, Exception) and judge is not None:
        judged = judge(work, error)
        retryable, after = judged.retryable, judged.after if judged.after is not None else after
    outcome = Failed(
        kind=kind,
        error=(message or type(error).__name__)[:MOST_MESSAGE],
        retryable=retryable,
        retry_after=after,
        pauses=isinstance(error, BudgetExceededError) and error.pauses,
    )
    shown = "".join(traceback.format_exception(error, limit=-MOST_FRAMES))
    body_text = {
        "kind": kind,
        "type": type(error).__name__,
        "message": message[:MOST_TRACEBACK],
        "traceback": clean_text(shown)[-MOST_TRACEBACK:],
        **({"spent": dict(spent)} if (spent := spent_of(error)) else {}),
    }
    return Result(outcome=outcome, error=encode(body_text))


def _text(error: BaseException) -> str:
    try:
        return clean_text(str(error))
    except Exception as another:  # noqa: BLE001 - `__str__` of an error is user code, too
        return f"{type(error).__name__}, whose text cannot be made: {type(another).__name__}"
