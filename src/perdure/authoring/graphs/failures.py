"""How a step of a definition may fail, and whether another try may follow."""

from collections.abc import Iterator
from contextlib import contextmanager

from perdure.errors import PerdureError, StepError


class TemporaryFailureError(StepError):
    """Something outside did not answer; it may do so later."""

    kind = "temporary_failure"


class FunctionUnavailableError(StepError):
    """No function of this name is registered in the process that runs the step."""

    kind = "function_unavailable"
    retryable = False


@contextmanager
def told_apart() -> Iterator[None]:
    """Give failures of the network the kind that retry policies know."""
    try:
        yield
    except (ConnectionError, TimeoutError) as error:
        if isinstance(error, PerdureError):
            raise
        what = str(error) or "no answer came"
        raise TemporaryFailureError(f"{type(error).__name__}: {what}") from error


def may_retry(error: Exception, retry_on: tuple[str, ...] | None) -> bool:
    """Tell whether a policy tries again after this error; `retry_on` None means what may pass.

    A model that is not here stays away, unless the policy names `model_unavailable` itself.
    """
    if isinstance(error, StepError):
        return error.retryable if retry_on is None else error.kind in retry_on
    if isinstance(error, PerdureError):
        return False  # such as a package that is not installed: trying again finds the same
    return retry_on is None or "error" in retry_on
