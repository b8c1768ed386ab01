"""`heartbeat()`: how a running step says that it lives, and how far it has come."""

import math
from contextvars import ContextVar, Token
from typing import Any

from perdure.errors import InvalidValueError, OutsideStepError
from perdure.ports.executor import Work
from perdure.wire.encoding import encode_value

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
    work = _WORKING.get(None)
    if work is None:
        raise OutsideStepError(
            "heartbeat() works only while a step runs, in the step's own thread. In a thread that "
            "the step has started, run it in a copy of the context: contextvars.copy_context()"
        )
    work.pulse(work, _checked(progress), _encoded(detail))


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
    return text
