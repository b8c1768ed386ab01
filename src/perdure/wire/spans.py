"""Spans of time as people read them."""

MINUTE = 60.0
HOUR = 60 * MINUTE
DAY = 24 * HOUR


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
