"""What the library's errors mean."""

import pytest
from pydantic_ai import exceptions as their

from perdure.errors import RetryAfterError
from perdure.packs.inference.hosted.failures import MOST_SAID, failure, hidden

BODY = {"error": {"message": "told by the service"}}


def http(kind, status, body=BODY, **headers):
    return their.ModelHTTPError.for_category(
        kind, status_code=status, model_name="m", body=body, headers=headers
    )


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (their.ModelTimeoutError("m", "slow"), "timeout"),
        (their.ModelRequestTimeout("m", 3.0), "timeout"),
        (http(their.ModelRateLimitError, 429), "rate_limit"),
        (http(their.ModelQuotaExceededError, 429), "model_unavailable"),
        (http(their.ModelAuthenticationError, 401), "model_unavailable"),
        (http(their.ModelNotFoundError, 404), "model_unavailable"),
        (http(their.ModelContextWindowExceededError, 400), "invalid_input"),
        (http(their.ModelRequestRejectedError, 422), "invalid_input"),
        (http(their.ModelRequestRejectedError, 408), "temporary_failure"),
        (http(their.ModelServerError, 500), "temporary_failure"),
        (http(their.ModelOverloadedError, 529), "temporary_failure"),
        (their.ModelConnectionError("m", "refused"), "temporary_failure"),
        (their.UnexpectedModelBehavior("odd"), "invalid_output"),
    ],
)
def test_each_error_has_its_kind(error, kind):
    """S004-59."""
    assert failure(error, "openai (m)", "").kind == kind


def test_what_the_service_said_is_kept_with_its_status():
    told = failure(http(their.ModelServerError, 500), "openai (m)", "")

    assert str(told) == "openai (m): answered 500: told by the service"


def test_when_to_come_again_is_kept():
    told = failure(http(their.ModelRateLimitError, 429, **{"Retry-After": "7"}), "x", "")

    assert isinstance(told, RetryAfterError)
    assert told.seconds == 7


def test_a_text_without_end_is_cut():
    told = failure(their.ModelConnectionError("m", "x" * 9999), "s", "")

    assert len(str(told)) <= MOST_SAID + 10


def test_an_error_that_is_nobodys_here_stays_what_it_is():
    assert failure(KeyError("x"), "s", "") is None


def test_a_key_is_never_told():
    body = {"error": {"message": "Incorrect API key provided: secret-123."}}
    told = failure(http(their.ModelAuthenticationError, 401, body), "s", "secret-123")

    assert "secret-123" not in str(told)
    assert hidden("a b", "") == "a b"
