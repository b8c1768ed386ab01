"""Means, shares and percentiles that say from what they are: nothing is a figure of nothing."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

Basis = Literal["none", "history", "prices"]


@dataclass(frozen=True, slots=True)
class Figure:
    """A value and what it rests on.

    `history` are runs that were measured, `samples` of them; `prices` are tokens that were measured,
    at prices that hold now; `none` is nothing, and then there is no value.
    """

    value: float | None = None
    basis: Basis = "none"
    samples: int = 0


NOTHING = Figure()


def mean(values: Iterable[float]) -> Figure:
    """Return the mean of measured values."""
    known = list(values)
    return Figure(math.fsum(known) / len(known), "history", len(known)) if known else NOTHING


def share(good: int, all_: int) -> Figure:
    """Return how many of all are good, in percent."""
    return Figure(100.0 * good / all_, "history", all_) if all_ else NOTHING


def percentile(values: Sequence[float], percent: float) -> Figure:
    """Return the smallest measured value that so many percent do not exceed (nearest rank)."""
    if not values:
        return NOTHING
    ordered = sorted(values)
    rank = max(math.ceil(percent / 100.0 * len(ordered)), 1)
    return Figure(ordered[rank - 1], "history", len(ordered))


def total(values: Iterable[float | None]) -> float | None:
    """Return the sum of values; None if one of them is not known, and 0 of nothing."""
    known: list[float] = []
    for value in values:
        if value is None:
            return None
        known.append(value)
    return math.fsum(known)
