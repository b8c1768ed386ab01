"""How a step of a definition may fail, and whether another try may follow."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from perdure.errors import (
    ModelUnavailableError,
    PerdureError,
    StepError,
    TemporaryFailureError,
)


class FunctionUnavailableError(StepError):
    """No function of this name is registered in the process that runs the step."""

    kind = "function_unavailable"
    retryable = False


class GeneratorUnavailableError(StepError):
    """Nobody has registered a generator of this name in the process that begins the run."""

    kind = "generator_unavailable"
    retryable = False


class GeneratorFailedError(StepError):
    """A generator raised, or returned what are no steps."""

    kind = "generator_failed"
    retryable = False


class WaitTimeoutError(StepError):
    """What a step waits for did not come in time."""

    kind = "wait_timeout"
    retryable = False


class WorkflowUnavailableError(StepError):
    """No workflow of this name is known to the process that is to start a run of it."""

    kind = "workflow_unavailable"
    retryable = False


class TooManyItemsError(StepError):
    """A loop's list has more items than it takes."""

    kind = "max_iterations_exceeded"
    retryable = False


@contextmanager
def told_apart() -> Iterator[None]:
    """Give failures of the network the kind that retry policies know.

    Those of urllib, requests and httpx that carry a status are told apart by it, so that a
    function of somebody's own need not do it: 429 is `rate_limit`, 408 and 5xx are
    `temporary_failure`, and what is left of 4xx is `invalid_input`.
    """
    try:
        yield
    except PerdureError:
        raise
    except (ConnectionError, TimeoutError) as error:
        what = str(error) or "no answer came"
        raise TemporaryFailureError(f"{type(error).__name__}: {what}") from error
    except Exception as error:
        known = _by_status(error)
        if known is None:
            raise
        raise known from error


def _by_status(error: Exception) -> StepError | None:
    """Return what an error means that carries an HTTP answer; None for any other."""
    answer: Any = getattr(error, "response", error)
    status = getattr(answer, "status_code", None) or getattr(answer, "code", None)
    headers: Any = getattr(answer, "headers", None)
    if type(status) is not int or not 400 <= status < 600 or not hasattr(headers, "items"):
        return None
    from perdure.outgoing.statuses import failure_of

    small = {str(name).lower(): str(value) for name, value in headers.items()}
    return failure_of(status, f"{type(error).__name__}: {error}", small)


def may_retry(error: Exception, retry_on: tuple[str, ...] | None) -> bool:
    """Tell whether a policy tries again after this error; `retry_on` None means what may pass.

    A model that is not here stays away, unless the policy names `model_unavailable` itself.
    """
    if isinstance(error, StepError):
        passes = error.retryable or isinstance(error, ModelUnavailableError)
        return error.retryable if retry_on is None else passes and error.kind in retry_on
    if isinstance(error, PerdureError):
        return False  # such as a package that is not installed: trying again finds the same
    return retry_on is None or "error" in retry_on
