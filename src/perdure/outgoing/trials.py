"""Whether what is called now is only tried out: then nothing is sent, and no file is written."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from perdure.errors import StepError

_TRYING: ContextVar[bool] = ContextVar("perdure_trying", default=False)


class NotMockedError(StepError):
    """A step that is tried out would do something outside, and nobody said what comes of it."""

    kind = "not_mocked"
    retryable = False


@contextmanager
def trying() -> Iterator[None]:
    """Have what is called inside send nothing and write no file."""
    token = _TRYING.set(True)
    try:
        yield
    finally:
        _TRYING.reset(token)


def refuse_in_trial(what: str) -> None:
    """Raise NotMockedError if a step is only tried out that does this."""
    if _TRYING.get():
        raise NotMockedError(
            f"this step {what}, which a test does not do. Say what comes of it: "
            'mock_steps={"STEP": {"result": ...}}'
        )
