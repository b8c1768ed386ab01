"""When something recurs: by a cron expression in a time zone, or every so many seconds.

Cron goes by the clock on the wall, as Debian's does: a time of day that a change of the clocks
leaves out comes at the first minute after the gap, one that it repeats comes once, the first time.
Where the hours or minutes begin with a star, what is meant is how often it comes: that follows real
time, through both hours of a night that has two. An interval is real time always. Moments are
seconds since 1970, UTC.
"""

import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Protocol

from perdure.errors import InvalidValueError

SHORTEST_SECONDS = 1.0
_FIRST_SPAN = 60.0
_HINT = "Write minute hour day month weekday, such as 0 9 * * mon-fri"
_NAMES = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}


class Recurrence(Protocol):
    """What says when something comes."""

    def after(self, moment: float) -> float | None:
        """Return the first time after a moment; None if there is none in fifty years."""


@dataclass(frozen=True, slots=True)
class Cron:
    """A cron expression of five fields, or of six that begin with seconds, in a time zone."""

    expression: str
    zone: tzinfo

    def after(self, moment: float) -> float | None:
        """Return the first time after a moment."""
        from cronsim import CronSim  # only who has schedules needs it

        begins = datetime.fromtimestamp(math.floor(moment), self.zone)
        if self._is_time_of_day():
            begins = begins.replace(tzinfo=None)
        for found in CronSim(self.expression, begins):
            at = _on_the_wall(found, self.zone).timestamp()
            if at > moment:  # in a repeated hour it begins with what has come already
                return at
        return None

    def _is_time_of_day(self) -> bool:
        minutes, hours = self.expression.split()[-5:-3]
        return not (minutes.startswith("*") or hours.startswith("*"))


def _on_the_wall(time: datetime, zone: tzinfo) -> datetime:
    """Return when the clocks of a zone show this time first, or would have."""
    if time.tzinfo is not None:
        return time
    while (found := time.replace(tzinfo=zone)) != found.astimezone(UTC).astimezone(zone):
        time = time.replace(second=0) + timedelta(minutes=1)
    return found


@dataclass(frozen=True, slots=True)
class Every:
    """Every so many seconds, counted from a moment on; the first time is one span after it."""

    seconds: float
    anchor: float

    def after(self, moment: float) -> float | None:
        """Return the first time after a moment."""
        number = max(math.floor((moment - self.anchor) / self.seconds), 0)
        while (at := self.anchor + number * self.seconds) <= moment or number == 0:
            number += 1  # two floats may divide to a little less
        return at


def times(recurrence: Recurrence, after: float, until: float) -> Iterator[float]:
    """Yield the times after a moment, up to another one and with it."""
    at = recurrence.after(after)
    while at is not None and at <= until:
        yield at
        at = recurrence.after(at)


def newest(recurrence: Recurrence, first: float, until: float, most: int) -> list[float]:
    """Return the last `most` times from `first` to `until`, the oldest of them first.

    It looks back from the end, further each time, so that a year of minutes costs no more than one.
    """
    span = _FIRST_SPAN
    while True:
        begins = max(until - span, first)
        found = deque(times(recurrence, math.nextafter(begins, -math.inf), until), most)
        if len(found) == most or begins <= first:
            return list(found)
        span *= 4


def cron(expression: str, timezone: str) -> Cron:
    """Return what a cron expression means. Raises InvalidValueError that says what is wrong."""
    if not isinstance(expression, str):
        raise InvalidValueError(f"a cron expression is text, not {expression!r}", "cron")
    if expression.strip().startswith("@") and expression.strip().lower() not in _NAMES:
        raise InvalidValueError(f"{expression!r} is none of {', '.join(_NAMES)}", "cron")
    made = Cron(_NAMES.get(expression.strip().lower(), expression), zone_of(timezone))
    fields = len(made.expression.split())
    if fields not in (5, 6):
        raise InvalidValueError(f"{expression!r} has not 5 fields, but {fields}. {_HINT}", "cron")
    from cronsim import CronSimError

    try:
        made.after(0.0)
    except CronSimError as error:
        raise InvalidValueError(f"{expression!r}: {error}. {_HINT}", "cron") from error
    return made


def zone_of(name: str) -> tzinfo:
    """Return a time zone by its name. Raises InvalidValueError."""
    if name == "UTC":
        return UTC
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, TypeError, OSError) as error:  # a folder's name is one of those
        hint = "Write one such as Europe/Berlin. Where a system has none: pip install tzdata"
        raise InvalidValueError(
            f"no time zone {name!r} is known here. {hint}", "timezone"
        ) from error
