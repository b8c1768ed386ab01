"""What an answer's status means for the step that asked: nothing, or a failure of some kind."""

from collections.abc import Mapping

from perdure.errors import (
    InvalidInputError,
    RateLimitError,
    RetryAfterError,
    StepError,
    TemporaryFailureError,
)
from perdure.outgoing.fetching import Answer

MOST_WAIT = 3_600.0
"""How long a server may tell a step to stay away, in seconds."""

_TOLD = 200


def check_status(answer: Answer, *, who: str) -> None:
    """Raise what an answer's status means; one of 2xx passes. `who` names the other side.

    408 and 5xx are TemporaryFailureError, 429 RateLimitError (RetryAfterError, if it says when to
    come again), all others InvalidInputError: asking again would bring the same.
    """
    said = answer.content[: 4 * _TOLD].decode("utf-8", "replace")
    words = " ".join(said.split())[:_TOLD] if answer.media_type != "text/html" else ""
    message = f"{who} answered {answer.status}" + (f": {words}" if words else "")
    error = failure_of(answer.status, message, answer.headers)
    if error is not None:
        raise error


def failure_of(status: int, message: str, headers: Mapping[str, str]) -> StepError | None:
    """Return the failure that a status means; None for success. Names in `headers` are small."""
    if 200 <= status < 300:
        return None
    if status == 429:
        seconds = _wait(headers)
        if seconds is None:
            return RateLimitError(message)
        return RetryAfterError(f"{message} (again after {seconds:g} s)", seconds=seconds)
    if status == 408 or status >= 500:
        return TemporaryFailureError(message)
    return InvalidInputError(message)


def _wait(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that `Retry-After` asks for; a date counts from that of the answer."""
    text = headers.get("retry-after", "").strip()
    if text.isdecimal() and len(text) < 12:
        return min(float(text), MOST_WAIT)
    from email.utils import parsedate_to_datetime

    try:
        until, now = (parsedate_to_datetime(date) for date in (text, headers.get("date", "")))
        seconds = (until - now).total_seconds()
    except (ValueError, TypeError):
        return None
    return max(0.0, min(seconds, MOST_WAIT))
