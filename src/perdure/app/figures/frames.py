"""Timeframes: the last days by name, or from one moment to another."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from perdure.errors import InvalidValueError
from perdure.wire.spans import DAY

ALL = "all"
SPANS = {
    "last_24_hours": DAY,
    "last_week": 7 * DAY,
    "last_7_days": 7 * DAY,
    "last_30_days": 30 * DAY,
    "last_90_days": 90 * DAY,
}
"""The named timeframes, in seconds back from now. A week is seven days, whatever day it is."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A time: `since` belongs to it and `until` does not, in seconds since 1970."""

    name: str
    since: float
    until: float

    def holds(self, at: float) -> bool:
        """Tell whether a moment is in it."""
        return self.since <= at < self.until


def frame_of(said: str | Mapping[str, Any], now: float) -> Frame:
    """Return the timeframe that is meant: a name, or `{"from": ..., "to": ...}` (ISO 8601, or datetimes).

    A moment without a zone is in UTC. Raises InvalidValueError.
    """
    if isinstance(said, str):
        if said != ALL and said not in SPANS:
            raise InvalidValueError(f"{said!r} is no timeframe. There are: {_known()}", "timeframe")
        since = now - SPANS[said] if said in SPANS else 0.0
        return Frame(said, since, math.inf)
    if not said or (unknown := sorted(set(said) - {"from", "to"})):
        wrong = f"has {unknown[0]!r}" if said else "is empty"
        raise InvalidValueError(f"{wrong}; a timeframe has 'from', 'to' or both", "timeframe")
    since = _moment(said["from"], "timeframe.from") if "from" in said else 0.0
    until = _moment(said["to"], "timeframe.to") if "to" in said else math.inf
    if until <= since:
        raise InvalidValueError("it ends before it begins", "timeframe")
    return Frame("from_to", since, until)


def _moment(said: Any, path: str) -> float:
    try:
        at = said if isinstance(said, datetime) else datetime.fromisoformat(said)
    except (TypeError, ValueError):
        raise InvalidValueError(
            f"{said!r} is no moment. Write one such as 2026-11-01T00:00:00Z", path
        ) from None
    return (at if at.tzinfo is not None else at.replace(tzinfo=UTC)).timestamp()


def _known() -> str:
    return ", ".join([*SPANS, ALL, 'or {"from": MOMENT, "to": MOMENT}'])
