"""The time that each long harness has, and the counts that it reached.

A harness asks `budget(name)` how long it may go on, and tells `record_count` how far it came; the
end of the test session prints every count beside its budget. `PERDURE_NIGHTLY=1` gives the full
counts. `PERDURE_BUDGET_SCALE=0.1` makes all budgets a tenth while one works on a harness.
"""

import os
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TABLE = Path(__file__).with_name("budgets.toml")


@dataclass(frozen=True, slots=True)
class Budget:
    """One harness's line of the table. Without `count` it does what the seconds allow."""

    name: str
    unit: str
    seconds: float
    count: int | None = None
    at_least: int = 1

    def rounds(self) -> Iterator[int]:
        """Yield 0, 1, 2 ... until the count is reached, or the time is over and the least done."""
        started = time.monotonic()
        done = 0
        while self.count is None or done < self.count:
            if done >= self.at_least and time.monotonic() - started >= self.seconds:
                return
            yield done
            done += 1


@dataclass(frozen=True, slots=True)
class Count:
    """What a harness reached: how many of its unit, in how many seconds."""

    name: str
    n: int
    seconds: float

    def __str__(self) -> str:
        """Say it in one line, beside what was allowed."""
        allowed = budget(self.name)
        wanted = "" if allowed.count is None else f" of {allowed.count:,}"
        took = f"{self.seconds:.1f} s of {allowed.seconds:,g} s"
        return f"{self.name}: {self.n:,}{wanted} {allowed.unit} in {took}"


_pending: list[Count] = []


def budget(name: str) -> Budget:
    """Return the budget of a harness. Raises KeyError for a name that the table lacks."""
    row = tomllib.loads(TABLE.read_text())[name]
    full = row.pop("nightly", {})
    if os.environ.get("PERDURE_NIGHTLY") == "1":
        return Budget(name, **{**row, **full})
    row["seconds"] *= float(os.environ.get("PERDURE_BUDGET_SCALE", "1"))
    return Budget(name, **row)


def record_count(name: str, n: int, seconds: float) -> None:
    """Have the session's summary tell what a harness reached. Call it within a test.

    Raises AssertionError if that is less than the table asks for: a harness whose count fell to
    nothing would otherwise pass for ever.
    """
    _pending.append(Count(name, n, seconds))
    allowed = budget(name)
    least = allowed.count or allowed.at_least

    assert n >= least, f"{name}: only {n} {allowed.unit} in {seconds:.1f} s, at least {least} asked"


def take_counts() -> list[Count]:
    """Return what was recorded since the last call, and forget it."""
    taken = list(_pending)
    _pending.clear()
    return taken
