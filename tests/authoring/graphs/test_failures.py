"""Failures have the kinds that retry policies name."""

import pytest

from perdure.authoring.graphs.failures import (
    FunctionUnavailableError,
    TemporaryFailureError,
    may_retry,
    told_apart,
)
from perdure.errors import (
    InvalidInputError,
    MissingExtraError,
    ModelUnavailableError,
    ResultTimeoutError,
    RetryAfterError,
)


@pytest.mark.parametrize("error", [ConnectionResetError("reset"), TimeoutError()])
def test_failures_of_the_network_are_temporary(error):
    with pytest.raises(TemporaryFailureError, match=type(error).__name__) as raised, told_apart():
        raise error

    assert raised.value.kind == "temporary_failure"
    assert raised.value.retryable
    assert raised.value.__cause__ is error


@pytest.mark.parametrize("error", [ValueError("x"), ResultTimeoutError("x"), FileNotFoundError()])
def test_other_errors_stay_what_they_are(error):
    with pytest.raises(type(error)) as raised, told_apart():
        raise error

    assert raised.value is error


@pytest.mark.parametrize(
    ("error", "retry_on", "again"),
    [
        (TemporaryFailureError("x"), None, True),
        (TemporaryFailureError("x"), ("temporary_failure",), True),
        (TemporaryFailureError("x"), ("timeout",), False),
        (RetryAfterError("x", seconds=3), ("rate_limit",), True),
        (InvalidInputError("x"), None, False),
        (ModelUnavailableError("x"), None, False),
        (ModelUnavailableError("x"), ("model_unavailable",), True),
        (FunctionUnavailableError("x"), None, False),
        (MissingExtraError("pdf", "pypdfium2", "text"), None, False),
        (ValueError("x"), None, True),
        (ValueError("x"), ("timeout",), False),
        (ValueError("x"), ("error",), True),
        (ValueError("x"), (), False),
    ],
)
def test_a_policy_says_after_which_kinds_to_try_again(error, retry_on, again):
    assert may_retry(error, retry_on) is again
