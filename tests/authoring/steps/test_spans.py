"""Spans: timedeltas and seconds."""

from datetime import timedelta

import pytest

from perdure.authoring.steps.spans import LONGEST_SECONDS, seconds_of


@pytest.mark.parametrize(
    ("span", "seconds"),
    [
        (timedelta(hours=24), 86_400.0),
        (timedelta(microseconds=1), 1e-6),
        (5, 5.0),
        (0.25, 0.25),
        (0, 0.0),
        (LONGEST_SECONDS, LONGEST_SECONDS),
    ],
)
def test_a_span_is_a_timedelta_or_seconds(span, seconds):
    assert seconds_of(span) == seconds


@pytest.mark.parametrize("span", [-1, -0.5, timedelta(days=-3)])
def test_a_time_that_has_passed_is_nothing_to_wait_for(span):
    assert seconds_of(span) == 0.0


@pytest.mark.parametrize("span", ["5", None, True, [1]])
def test_something_else_is_refused_by_its_type(span):
    with pytest.raises(ValueError, match=f"not {type(span).__name__}"):
        seconds_of(span)


@pytest.mark.parametrize("span", [float("nan"), float("inf"), timedelta.max, LONGEST_SECONDS + 1])
def test_a_span_without_end_is_refused(span):
    with pytest.raises(ValueError, match="at most 100 years"):
        seconds_of(span)
