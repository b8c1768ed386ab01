"""Times and durations as people read them."""

import time

import pytest

from perdure.cli.spans import ago, duration, iso, moment, seconds
from perdure.errors import ConfigError


@pytest.mark.parametrize(
    ("span", "shown"),
    [
        (-1, "0.00 s"),
        (0.347, "0.35 s"),
        (12.34, "12.3 s"),
        (60, "1 min"),
        (185, "3 min 5 s"),
        (3600, "1 h"),
        (7500, "2 h 5 min"),
        (86400, "1 d"),
        (187200, "2 d 4 h"),
    ],
)
def test_a_span_is_shown_in_its_two_largest_units(span, shown):
    assert duration(span) == shown


def test_ago_is_how_long_since():
    assert ago(100.0, 105.0) == "5.0 s ago"
    assert ago(100.0, 8000.0) == "2 h ago"


def test_iso_is_utc_to_the_millisecond():
    assert iso(1_750_000_000.25) == "2025-06-15T15:06:40.250Z"
    assert iso(None) is None


def test_a_moment_is_local_time(monkeypatch):
    monkeypatch.setenv("TZ", "UTC-2")
    time.tzset()
    try:
        assert moment(1_750_000_000) == "2025-06-15 17:06:40"
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    ("text", "span"),
    [("90", 90.0), ("90s", 90.0), ("15m", 900.0), ("1.5h", 5400.0), ("2 d", 172800.0)],
)
def test_a_span_is_read_as_it_is_typed(text, span):
    assert seconds(text, "--every") == span


@pytest.mark.parametrize("text", ["", "soon", "5w", "-5s", "1e9"])
def test_what_is_no_span_is_refused(text):
    with pytest.raises(ConfigError, match="--every: .* is no span"):
        seconds(text, "--every")
