"""`heartbeat()`: how a running step says that it lives; `cancel_requested()`: if it should end."""

import math
from contextvars import ContextVar, Token
from typing import Any

from perdure.authoring.masking import MASKING
from perdure.errors import InvalidValueError, OutsideStepError
from perdure.ports.executor import Work
from perdure.wire.encoding import decode, encode, encode_value

MOST_DETAIL = 4096

_WORKING: ContextVar[Work] = ContextVar("perdure_work")


def enter(work: Work) -> Token[Work]:
    """Say that this attempt runs here. Undo it with `leave`."""
    return _WORKING.set(work)


def leave(token: Token[Work]) -> None:
    """Say that the attempt has ended."""
    _WORKING.reset(token)


def heartbeat(progress: float | None = None, detail: Any = None) -> None:
    """Say that the running step is alive; its timeout begins again from now.

    `progress` is from 0 to 1, `detail` a text or any JSON value up to 4 KiB; the last ones said are
    shown by `perdure show`. Call it as often as you like: it is written at most once a second.
    Raises AttemptStoppedError when the attempt was called off (cancelled, its time was up, another
    worker has it), InvalidValueError, and OutsideStepError where no step runs.
    """
    work = _running("heartbeat()")
    work.pulse(work, _checked(progress), _encoded(detail))


def cancel_requested() -> bool:
    """Whether the running step's attempt was called off, so that what it does is in vain.

    Because its run was cancelled, its time was up, the worker exits, or another worker has it. For
    a step in a thread, which nobody can stop from outside: look now and then, clean up, and return
    or raise whatever you like; it is not kept. Unlike a heartbeat it gives the attempt no more
    time. Raises OutsideStepError where no step runs.
    """
    work = _running("cancel_requested()")
    return work.called_off(work)


def _running(what: str) -> Work:
    work = _WORKING.get(None)
    if work is None:
        raise OutsideStepError(
            f"{what} works only while a step runs, in the step's own thread. In a thread that "
            "the step has started, run it in a copy of the context: contextvars.copy_context()"
        )
    return work


def _checked(progress: float | None) -> float | None:
    if progress is None:
        return None
    if isinstance(progress, bool) or not isinstance(progress, int | float):
        raise InvalidValueError(f"progress is a number from 0 to 1, not {progress!r}", "progress")
    if not math.isfinite(progress) or not 0 <= progress <= 1:
        raise InvalidValueError(f"progress is from 0 to 1, not {progress!r}", "progress")
    return float(progress)


def _encoded(detail: Any) -> str | None:
    if detail is None:
        return None
    text = encode_value(detail, "detail")
    if len(text) > MOST_DETAIL:
        raise InvalidValueError(
            f"the detail has {len(text):,} characters of JSON, more than {MOST_DETAIL:,}", "detail"
        )
    masks = MASKING.get()
    return encode(masks.hide_in(decode(text))) if masks else text
