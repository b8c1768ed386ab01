"""Spans of time as users write them: a `timedelta`, or a number of seconds."""

import math
from datetime import timedelta

Span = timedelta | float
"""What every duration in a step workflow may be."""

LONGEST_SECONDS = 100 * 366 * 86_400.0


def seconds_of(span: object) -> float:
    """Return the span in seconds; ValueError says what is wrong with it.

    A negative span is nothing to wait for (a date that has passed): it counts as zero.
    """
    if isinstance(span, timedelta):
        seconds = span.total_seconds()
    elif isinstance(span, int | float) and not isinstance(span, bool):
        seconds = float(span)
    else:
        shown = type(span).__name__
        # a ValueError like the one below: every caller tells both in the same way
        raise ValueError(  # noqa: TRY004
            f"a duration is a timedelta or a number of seconds, not {shown} {span!r}"
        )
    if not math.isfinite(seconds) or seconds > LONGEST_SECONDS:
        raise ValueError(f"{span!r} is no duration that can be waited for (at most 100 years)")
    return max(seconds, 0.0)
