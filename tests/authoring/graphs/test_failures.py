"""Failures have the kinds that retry policies name."""

from email.message import Message
from types import SimpleNamespace
from urllib.error import HTTPError

import pytest

from perdure.authoring.graphs.failures import FunctionUnavailableError, may_retry, told_apart
from perdure.errors import (
    InvalidInputError,
    MissingExtraError,
    ModelUnavailableError,
    ResultTimeoutError,
    RetryAfterError,
    StepTimeoutError,
    TemporaryFailureError,
)


class AnswerError(Exception):
    """As requests and httpx raise it: with the answer under `response`."""

    def __init__(self, status, headers):
        super().__init__(f"{status} for this page")
        self.response = SimpleNamespace(status_code=status, headers=headers)


def url_error(status, **headers):
    message = Message()
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    return HTTPError("http://a.test", status, "no", message, None)


@pytest.mark.parametrize("error", [ConnectionResetError("reset"), TimeoutError()])
def test_failures_of_the_network_are_temporary(error):
    with pytest.raises(TemporaryFailureError, match=type(error).__name__) as raised, told_apart():
        raise error

    assert raised.value.kind == "temporary_failure"
    assert raised.value.retryable
    assert raised.value.__cause__ is error


@pytest.mark.parametrize(
    ("error", "kind", "again"),
    [
        (url_error(503), "temporary_failure", True),
        (url_error(404), "invalid_input", False),
        (url_error(429), "rate_limit", True),
        (AnswerError(500, {}), "temporary_failure", True),
        (AnswerError(408, {}), "temporary_failure", True),
        (AnswerError(401, {}), "invalid_input", False),
    ],
)
def test_errors_that_carry_an_answer_are_told_apart_by_its_status(error, kind, again):
    with pytest.raises(Exception, match=type(error).__name__) as raised, told_apart():
        raise error

    assert (raised.value.kind, may_retry(raised.value, None)) == (kind, again)


def test_the_time_that_an_answer_asks_for_is_kept():
    with pytest.raises(RetryAfterError) as raised, told_apart():
        raise AnswerError(429, {"Retry-After": "7"})

    assert raised.value.seconds == 7


@pytest.mark.parametrize(
    "error",
    [
        ValueError("x"),
        ResultTimeoutError("x"),
        FileNotFoundError(),
        AnswerError(302, {}),
        AnswerError(500, None),
        StepTimeoutError("x"),
    ],
)
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
        (StepTimeoutError("x"), None, True),
        (StepTimeoutError("x"), ("timeout",), True),
        (StepTimeoutError("x"), ("rate_limit",), False),
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
