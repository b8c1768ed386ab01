"""Times and durations as people read them."""

import re
from datetime import UTC, datetime

from perdure.errors import ConfigError

MINUTE = 60.0
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*([smhd]?)")
_UNITS = {"": 1.0, "s": 1.0, "m": MINUTE, "h": HOUR, "d": DAY}


def seconds(text: str, what: str) -> float:
    """Return the seconds of a span as it is typed: `90`, `90s`, `15m`, `2h`, `1d`.

    `what` names it in the error. Raises ConfigError.
    """
    found = _SPAN.fullmatch(text.strip())
    if found is None:
        raise ConfigError(f"{what}: {text!r} is no span. Write one such as 90s, 15m, 2h or 1d")
    return float(found[1]) * _UNITS[found[2]]


def duration(seconds: float) -> str:
    """Return a span in its two largest units: `0.35 s`, `12.3 s`, `3 min 5 s`, `2 d 4 h`."""
    seconds = max(seconds, 0.0)
    if seconds < 1:
        return f"{seconds:.2f} s"
    if seconds < MINUTE:
        return f"{seconds:.1f} s"
    whole = int(seconds)
    if seconds < HOUR:
        return _two(whole, 60, "min", 1, "s")
    if seconds < DAY:
        return _two(whole, 3600, "h", 60, "min")
    return _two(whole, 86400, "d", 3600, "h")


def _two(seconds: int, large: int, large_unit: str, small: int, small_unit: str) -> str:
    most, rest = divmod(seconds, large)
    least = rest // small
    return f"{most} {large_unit}" + (f" {least} {small_unit}" if least else "")


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
