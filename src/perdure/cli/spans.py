"""Times and durations as people read them."""

import re
from datetime import UTC, datetime

from perdure.errors import ConfigError
from perdure.wire.spans import DAY, HOUR, MINUTE, duration

WEEK = 7 * DAY

_PART = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]*)(?:\s+|(?=\d)|$)")
_NAMES = {
    1.0: ("", "s", "sec", "secs", "second", "seconds"),
    MINUTE: ("m", "min", "mins", "minute", "minutes"),
    HOUR: ("h", "hr", "hrs", "hour", "hours"),
    DAY: ("d", "day", "days"),
    WEEK: ("w", "week", "weeks"),
}
_UNITS = {name: size for size, names in _NAMES.items() for name in names}


def seconds(text: str, what: str) -> float:
    """Return the seconds of a span as it is typed: `90`, `90s`, `15 min`, `1h 30m`, `2 days`.

    `what` names it in the error. Raises ConfigError.
    """
    total, at = 0.0, 0
    typed = text.strip().lower()
    while part := _PART.match(typed, at):
        if part[2] not in _UNITS or (not part[2] and part[0] != typed):
            break
        total, at = total + float(part[1]) * _UNITS[part[2]], part.end()
    if at < len(typed) or not typed:
        raise ConfigError(f"{what}: {text!r} is no span. Write one such as 90s, 15m, 2h or 1d")
    return total


def interval(text: str, what: str) -> float:
    """Return the seconds of a span that comes again: `90s`, `every 90 s`, `every hour`, `day`.

    `what` names it in the error. Raises ConfigError.
    """
    typed = text.strip().lower().removeprefix("every ").strip()
    return _UNITS[typed] if typed in _UNITS and typed else seconds(typed, what)


def moment(seconds: float) -> str:
    """Return a time since 1970 as local date and time, to the second."""
    return datetime.fromtimestamp(seconds).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def iso(seconds: float | None) -> str | None:
    """Return a time since 1970 in ISO 8601, UTC, to the millisecond; None for None."""
    if seconds is None:
        return None
    shown = datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
    return shown.replace("+00:00", "Z")


def ago(seconds: float, now: float) -> str:
    """Return how long ago a time is, in its largest unit."""
    return " ".join([*duration(now - seconds).split()[:2], "ago"])
