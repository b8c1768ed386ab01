"""What the status of an answer means for a step."""

import pytest

from perdure.errors import RateLimitError, RetryAfterError
from perdure.outgoing.fetching import Answer
from perdure.outgoing.statuses import check_status, failure_of


def answer(status, content=b"", **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(url="http://a.test/", status=status, headers=named, content=content)


@pytest.mark.parametrize("status", [200, 201, 204, 206])
def test_success_passes(status):
    check_status(answer(status), who="a.test")

    assert failure_of(status, "x", {}) is None


@pytest.mark.parametrize(
    ("status", "kind", "retryable"),
    [
        (408, "temporary_failure", True),
        (500, "temporary_failure", True),
        (503, "temporary_failure", True),
        (429, "rate_limit", True),
        (400, "invalid_input", False),
        (404, "invalid_input", False),
        (304, "invalid_input", False),
    ],
)
def test_each_status_has_its_kind(status, kind, retryable):
    failure = failure_of(status, "no", {})

    assert (failure.kind, failure.retryable, str(failure)) == (kind, retryable, "no")


def test_what_the_other_side_said_is_told_on_one_line():
    with pytest.raises(Exception, match="^a.test answered 400: no such field$"):
        check_status(answer(400, b"no such\n  field", content_type="text/plain"), who="a.test")


def test_a_page_for_people_is_not_told():
    with pytest.raises(Exception, match="^a.test answered 502$"):
        check_status(answer(502, b"<p>Oh", content_type="text/html; charset=x"), who="a.test")


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("7", 7),
        ("999999", 3600),
        ("Fri, 27 Nov 2026 10:01:00 GMT", 60),
        ("Fri, 27 Nov 2026 09:00:00 GMT", 0),
    ],
)
def test_when_to_come_again_is_kept(said, seconds):
    headers = {"retry-after": said, "date": "Fri, 27 Nov 2026 10:00:00 GMT"}
    failure = failure_of(429, "slow down", headers)

    assert isinstance(failure, RetryAfterError)
    assert failure.seconds == seconds


@pytest.mark.parametrize("said", ["", "soon", "-3", "Fri, 27 Nov 2026 10:01:00 GMT"])
def test_what_says_no_time_is_a_plain_limit(said):
    assert type(failure_of(429, "slow down", {"retry-after": said})) is RateLimitError
