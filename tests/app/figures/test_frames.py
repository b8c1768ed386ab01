"""Timeframes."""

import math
from datetime import UTC, datetime, timedelta, timezone

import pytest

from perdure.app.figures.frames import SPANS, frame_of
from perdure.errors import InvalidValueError

NOW = 1_800_000_000.0
DAY = 86_400.0


@pytest.mark.parametrize(
    ("name", "days"),
    [
        ("last_24_hours", 1),
        ("last_week", 7),
        ("last_7_days", 7),
        ("last_30_days", 30),
        ("last_90_days", 90),
    ],
)
def test_a_name_means_so_many_days_up_to_now(name, days):
    """A004-36."""
    frame = frame_of(name, NOW)

    assert frame.since == NOW - days * DAY
    assert frame.holds(frame.since)
    assert not frame.holds(frame.since - 0.001)
    assert frame.holds(NOW)


def test_all_is_all():
    assert frame_of("all", NOW).holds(0.0)
    assert frame_of("all", NOW).until == math.inf


def test_from_and_to_are_moments_of_which_the_last_is_out():
    frame = frame_of({"from": "2026-11-01T00:00:00Z", "to": "2026-11-02T00:00:00Z"}, NOW)
    first = datetime(2026, 11, 1, tzinfo=UTC).timestamp()

    assert (frame.since, frame.until) == (first, first + DAY)
    assert frame.holds(first)
    assert not frame.holds(first + DAY)


@pytest.mark.parametrize(
    "said",
    [
        "2026-11-01",
        datetime.fromisoformat("2026-11-01T00:00:00"),
        datetime(2026, 11, 1, 2, tzinfo=timezone(timedelta(hours=2))),
    ],
)
def test_a_moment_without_a_zone_is_in_utc(said):
    assert frame_of({"from": said}, NOW).since == datetime(2026, 11, 1, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("last_month", "There are: last_24_hours"),
        ({}, "is empty"),
        ({"since": "2026-11-01"}, "has 'since'"),
        ({"from": "yesterday"}, "no moment"),
        ({"to": 7}, "no moment"),
        ({"from": "2026-11-02", "to": "2026-11-02"}, "ends before it begins"),
    ],
)
def test_what_is_no_timeframe_is_refused_with_those_that_there_are(said, told):
    with pytest.raises(InvalidValueError, match=told):
        frame_of(said, NOW)


def test_every_named_span_is_known():
    assert all(frame_of(name, NOW).name == name for name in SPANS)
