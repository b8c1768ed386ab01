"""Retry: what users may write, what the plan keeps of it, which errors it lets be tried again."""

from datetime import timedelta

import pytest

from perdure.authoring.steps.retry import NonRetryable, Retry, RetryAfter
from perdure.errors import (
    ContextInvalidError,
    DefinitionError,
    NonRetryableError,
    RetryAfterError,
)
from perdure.kernel.plan import RetryPolicy


def test_the_default_policy_is_that_of_003():
    """A003-9: three attempts, one second, at most five minutes, doubling."""
    default = Retry()

    assert default == Retry(3, timedelta(seconds=1), timedelta(minutes=5), 2.0)
    assert default.policy() == RetryPolicy(
        max_attempts=3, base_delay=1.0, max_delay=300.0, backoff_factor=2.0, jitter=0.0
    )


def test_no_retries_can_be_asked_for():
    assert Retry.none().policy().max_attempts == 1
    assert not Retry.none().policy().allows(1)


def test_delays_are_timedeltas_or_seconds():
    """S003-42."""
    policy = Retry(max_attempts=5, base_delay=timedelta(seconds=2), max_delay=90).policy()

    assert (policy.max_attempts, policy.base_delay, policy.max_delay) == (5, 2.0, 90.0)


def test_delays_grow_up_to_the_longest():
    """S003-43."""
    policy = Retry(max_attempts=9, base_delay=1, max_delay=5, backoff_factor=3).policy()

    assert [policy.delay(attempt, "seed") for attempt in (1, 2, 3, 4)] == [1.0, 3.0, 5.0, 5.0]


def test_a_base_delay_longer_than_five_minutes_is_not_cut_short_by_the_default():
    assert Retry(base_delay=timedelta(hours=1)).policy().max_delay == 3600.0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"max_attempts": 0}, "Retry.none()"),
        ({"max_attempts": 2.0}, "at least 1"),
        ({"max_attempts": True}, "at least 1"),
        ({"base_delay": "2s"}, "base_delay"),
        ({"max_delay": "2s"}, "max_delay"),
        ({"backoff_factor": 0.5}, "from 1 to 1000"),
        ({"backoff_factor": "2"}, "from 1 to 1000"),
        ({"jitter": 1.5}, "from 0 to 1"),
        ({"retry_on": ValueError("x")}, "exception classes"),
        ({"retry_on": (ValueError, "KeyError")}, "exception classes"),
    ],
)
def test_what_makes_no_sense_is_refused_where_it_is_written(options, said):
    with pytest.raises(DefinitionError, match="Retry") as error:
        Retry(**options)

    assert said in str(error.value)


@pytest.mark.parametrize(
    ("retry_on", "error", "again"),
    [
        (Exception, ValueError(), True),
        (ConnectionError, ConnectionResetError(), True),
        (ConnectionError, ValueError(), False),
        ((ConnectionError, ValueError), ValueError(), True),
        ([ConnectionError, TimeoutError], TimeoutError(), True),
        (ConnectionError, RetryAfter("later", seconds=3), True),
        (Exception, NonRetryable("never"), False),
        (Exception, ContextInvalidError("x"), False),
    ],
)
def test_errors_are_tried_again_as_they_or_the_policy_say(retry_on, error, again):
    assert Retry(retry_on=retry_on).allows(error) is again


def test_the_short_names_are_those_of_the_errors():
    assert NonRetryable is NonRetryableError
    assert RetryAfter is RetryAfterError
