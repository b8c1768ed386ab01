"""What a schedule says: when runs of a workflow are to begin, with what, and what if not in time."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta, tzinfo
from difflib import get_close_matches
from typing import Any, Literal

from perdure.authoring.recurrence import SHORTEST_SECONDS, Every, Recurrence, cron, zone_of
from perdure.errors import InvalidValueError
from perdure.wire.encoding import check_value, decode, encode

CatchUp = Literal["skip", "latest", "all"]
Overlap = Literal["allow", "skip", "queue", "replace"]

CATCH_UPS = ("skip", "latest", "all")
OVERLAPS = ("allow", "skip", "queue", "replace")
MOST_CAUGHT_UP = 10_000
SCHEDULED_FOR = "scheduled_for"
"""The input that is the time which a run is for, where a workflow takes one of that name."""

_UNITS = (("week", "w", 604_800), ("day", "d", 86_400), ("hour", "h", 3600), ("minute", "min", 60))


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When a workflow's runs begin, for `@workflow(schedule=...)` and `engine.schedules`.

    `cron` is an expression of five fields (six with seconds first) by the clocks of `timezone`;
    `every` is a span in its place, a timedelta or seconds, counted from `anchor`, a datetime with a
    time zone, or from when the schedule is made. Both are kept as seconds.

    `catch_up` says what becomes of times that passed while no process was there: `latest` begins
    one run for the newest, `all` one for each of the newest `catch_up_limit`, `skip` none for what
    is more than a minute late. `overlap` says what becomes of a time at which a run of the schedule
    still lives: `skip` drops it, `queue` keeps one until that run has ended, `replace` cancels that
    run, `allow` begins another beside it.

    Raises InvalidValueError that names the field.
    """

    cron: str | None = None
    timezone: str = "UTC"
    every: float | timedelta | None = None
    anchor: float | datetime | None = None
    inputs: Mapping[str, Any] = field(default_factory=dict)
    catch_up: CatchUp = "latest"
    catch_up_limit: int = 100
    overlap: Overlap = "skip"

    def __post_init__(self) -> None:
        """Refuse what can never come, or cannot be kept."""
        if (self.cron is None) == (self.every is None):
            raise InvalidValueError("a schedule has either cron=... or every=...", "schedule")
        for name, wanted in (("catch_up", CATCH_UPS), ("overlap", OVERLAPS)):
            if (given := getattr(self, name)) not in wanted:
                raise InvalidValueError(f"{given!r} is none of {', '.join(wanted)}", name)
        if type(self.catch_up_limit) is not int or not 1 <= self.catch_up_limit <= MOST_CAUGHT_UP:
            raise InvalidValueError(
                f"it is a number from 1 to {MOST_CAUGHT_UP:,}, not {self.catch_up_limit!r}",
                "catch_up_limit",
            )
        if not isinstance(self.inputs, Mapping):
            raise InvalidValueError(f"values by name, not {self.inputs!r}", "inputs")
        check_value(dict(self.inputs), "inputs")
        if self.every is not None:
            object.__setattr__(self, "every", _seconds(self.every))
        if self.anchor is not None:
            object.__setattr__(self, "anchor", _moment(self.anchor))
        self.recurrence(0.0)

    def recurrence(self, made_at: float) -> Recurrence:
        """Return what says when its times come; it was made at this moment."""
        if self.cron is not None:
            return cron(self.cron, self.timezone)
        return Every(_seconds(self.every), made_at if self.anchor is None else _moment(self.anchor))

    @property
    def zone(self) -> tzinfo:
        """The time zone by whose clocks its times are told."""
        return zone_of(self.timezone)

    @property
    def shown(self) -> str:
        """When it comes, in a few words."""
        if self.cron is not None:
            return f"{self.cron} {self.timezone}"
        return f"every {_span(_seconds(self.every))}"


_DEFAULTS = {each.name: each.default for each in fields(Schedule)}


def dump(schedule: Schedule) -> str:
    """Return a schedule's JSON text; what has its default is not written."""
    said = {name: getattr(schedule, name) for name in _DEFAULTS}
    said["inputs"] = dict(schedule.inputs)
    return encode({n: v for n, v in said.items() if v != _DEFAULTS[n] and (n != "inputs" or v)})


def load(text: str) -> Schedule:
    """Return the schedule of a JSON text that `dump` made."""
    return Schedule(**decode(text))


def schedule_of(said: Schedule | str | None = None, /, **options: Any) -> Schedule:
    """Return a schedule as people write it: a Schedule, a cron expression, or its fields.

    Raises InvalidValueError.
    """
    if isinstance(said, Schedule):
        return said
    if said is not None:
        options["cron"] = said
    for name in options:
        if name not in _DEFAULTS:
            near = get_close_matches(name, _DEFAULTS, n=1)
            hint = f"Did you mean {near[0]!r}?" if near else f"It has: {', '.join(_DEFAULTS)}"
            raise InvalidValueError(f"a schedule has no such field. {hint}", name)
    return Schedule(**options)


def _seconds(span: object) -> float:
    given = span.total_seconds() if isinstance(span, timedelta) else span
    if isinstance(given, bool) or not isinstance(given, int | float) or not math.isfinite(given):
        raise InvalidValueError(f"a timedelta or a number of seconds, not {span!r}", "every")
    if given < SHORTEST_SECONDS:
        raise InvalidValueError(
            f"{given!r} s is too short: at least {SHORTEST_SECONDS:.0f} s", "every"
        )
    return float(given)


def _span(seconds: float) -> str:
    """Return a span in its largest whole unit: `hour`, `2 h`, `15 min`, `90 s`."""
    for one, unit, size in _UNITS:
        if seconds % size == 0:
            return one if seconds == size else f"{seconds / size:g} {unit}"
    return "second" if seconds == 1 else f"{seconds:g} s"


def _moment(moment: object) -> float:
    if isinstance(moment, float):
        return moment
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        raise InvalidValueError(f"a datetime with a time zone, not {moment!r}", "anchor")
    return moment.timestamp()
