"""Times and durations as people read them."""

import time

import pytest

from perdure.cli.spans import ago, interval, iso, moment, seconds
from perdure.errors import ConfigError


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
    [
        ("90", 90.0),
        ("90s", 90.0),
        ("15m", 900.0),
        ("1.5h", 5400.0),
        ("2 d", 172800.0),
        ("90 seconds", 90.0),
        ("15 min", 900.0),
        ("1h30m", 5400.0),
        ("1 hour 30 minutes", 5400.0),
        ("5w", 3_024_000.0),
    ],
)
def test_a_span_is_read_as_it_is_typed(text, span):
    assert seconds(text, "--every") == span


@pytest.mark.parametrize("text", ["", "soon", "5y", "-5s", "1e9", "1h and 5", "1 2"])
def test_what_is_no_span_is_refused(text):
    with pytest.raises(ConfigError, match="--every: .* is no span"):
        seconds(text, "--every")


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("every hour", 3600.0), ("hour", 3600.0), ("Every 90 s", 90.0), ("15m", 900.0),
        ("every day", 86400.0), ("every second", 1.0), ("every 2 weeks", 1_209_600.0),
    ],
)  # fmt: skip
def test_an_interval_may_be_said_in_words(text, span):
    assert interval(text, "--every") == span


@pytest.mark.parametrize("text", ["every", "every now and then", ""])
def test_what_is_no_interval_is_refused(text):
    with pytest.raises(ConfigError, match="--every: .* is no span"):
        interval(text, "--every")
