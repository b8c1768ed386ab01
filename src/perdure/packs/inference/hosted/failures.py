"""What an error of the library that asks hosted models means for the step that asked.

| the service says | kind |
|---|---|
| nothing in time | `timeout` |
| 429, with or without a time to come again | `rate_limit` |
| 408, 5xx, or nothing at all | `temporary_failure` |
| unknown model, a key that is not accepted, no credit left | `model_unavailable` |
| any other 4xx | `invalid_input` |
| an answer that is none | `invalid_output` |
"""

from perdure.errors import (
    InvalidInputError,
    InvalidOutputError,
    ModelUnavailableError,
    RateLimitError,
    RetryAfterError,
    StepError,
    StepTimeoutError,
    TemporaryFailureError,
)
from perdure.outgoing.statuses import MOST_WAIT
from perdure.ports.models import mark_spent

MOST_SAID = 300
_LEAST_HIDDEN = 6
REQUEST_TIMEOUT = 408
_UNSENT = ("pool", "connect")


def failure(error: Exception, who: str, key: str) -> StepError | None:
    """Return what the error means; None for one that is nobody's here. The key is left out."""
    from pydantic_ai import exceptions as their

    made = _meant(error, f"{who}: {_said(error, key)}")
    may_be_paid = isinstance(error, their.ModelConnectionError | their.ModelRequestTimeout)
    if made is not None and may_be_paid and getattr(error, "phase", None) not in _UNSENT:
        mark_spent(made, {"cost": None, "model": who})  # it may have been answered
    return made


def _meant(error: Exception, said: str) -> StepError | None:
    from pydantic_ai import exceptions as their

    kinds: tuple[tuple[tuple[type[Exception], ...], type[StepError]], ...] = (
        ((their.ModelTimeoutError, their.ModelRequestTimeout), StepTimeoutError),
        (
            (
                their.ModelQuotaExceededError,
                their.ModelAuthenticationError,
                their.ModelNotFoundError,
            ),
            ModelUnavailableError,
        ),
        ((their.ModelRequestRejectedError,), InvalidInputError),
        ((their.ModelAPIError,), TemporaryFailureError),
        ((their.UnexpectedModelBehavior,), InvalidOutputError),
    )
    if isinstance(error, their.ModelRateLimitError):
        return _limited(said, error.retry_after)
    if getattr(error, "status_code", None) == REQUEST_TIMEOUT:
        return TemporaryFailureError(said)
    return next((kind(said) for theirs, kind in kinds if isinstance(error, theirs)), None)


def _limited(said: str, seconds: float | None) -> StepError:
    if seconds is None:
        return RateLimitError(said)
    seconds = min(max(seconds, 0.0), MOST_WAIT)
    return RetryAfterError(f"{said} (again after {seconds:g} s)", seconds=seconds)


def _said(error: Exception, key: str) -> str:
    body = getattr(error, "body", None)
    inner = body.get("error", body) if isinstance(body, dict) else None
    words = inner.get("message") if isinstance(inner, dict) else None
    status = getattr(error, "status_code", None)
    text = f"answered {status}: {words}" if status and words else str(error)
    return hidden(" ".join(text.split()), key)[:MOST_SAID]


def hidden(text: str, key: str) -> str:
    """Return a text without the key, should a service have repeated it."""
    return text.replace(key, "***") if len(key) >= _LEAST_HIDDEN else text
