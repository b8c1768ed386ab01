"""Queues as people see them: what waits, what runs, and the limits, which are set at run time."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from types import EllipsisType
from typing import TypeAlias

from perdure.app.views import moment
from perdure.errors import InvalidValueError
from perdure.kernel.plan import DEFAULT_QUEUE, is_queue
from perdure.ports.clock import Clock
from perdure.ports.rows import QueueRow
from perdure.ports.store import Store

Keep: TypeAlias = EllipsisType
"""Says that a limit stays as it is."""

GREATEST = 10**9
_RATE = re.compile(r"\s*(\d+)\s*/\s*(\d*)\s*([a-z]+)\s*")
_UNITS = {"s": 1.0, "min": 60.0, "h": 3600.0, "d": 86_400.0}
_SPELLINGS = {
    **dict.fromkeys(("s", "sec", "second", "seconds"), "s"),
    **dict.fromkeys(("m", "min", "minute", "minutes"), "min"),
    **dict.fromkeys(("h", "hour", "hours"), "h"),
    **dict.fromkeys(("d", "day", "days"), "d"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueView:
    """A queue as it stands: its limits, None where there is none, and its jobs.

    `waiting` jobs could begin, the longest since `waiting_since`; `running` attempts are under way
    in all processes. `rate` is such as `100/min`, of which `begun` count now.
    """

    name: str
    concurrency: int | None = None
    rate: str | None = None
    waiting: int = 0
    running: int = 0
    waiting_since: datetime | None = None
    begun: int = 0

    @property
    def paused(self) -> bool:
        """Whether nothing of it is begun."""
        return self.concurrency == 0


class Queues:
    """The queues of one store. `wake` has this process look at what it may claim now."""

    def __init__(self, store: Store, clock: Clock, wake: Callable[[], None]) -> None:
        self._store = store
        self._clock = clock
        self._wake = wake

    def set(
        self,
        name: str,
        *,
        concurrency: int | Keep | None = ...,
        rate: str | Keep | None = ...,
    ) -> QueueView:
        """Limit a queue from now on, in every process; what is not named stays as it is.

        At most `concurrency` attempts are under way at a time; 0 holds the queue. At most so many
        are begun in any span of time: `rate="100/min"`, `"5/s"`, `"10/30s"`. None takes a limit
        away. What runs already goes on. Durable when it returns. Raises InvalidValueError.
        """
        check_queue(name, "name")
        if name == DEFAULT_QUEUE:
            raise InvalidValueError(
                "the default queue has no limits, for its steps begin where they are made. Give "
                'the steps that you mean a queue of their own: @step(queue="...")',
                "name",
            )
        if concurrency is not ... and concurrency is not None:
            _check_concurrency(concurrency)
        pace = None if rate is ... or rate is None else read_rate(rate)
        if concurrency is not ...:
            self._store.queues.limit_concurrency(name, concurrency)
        if rate is not ...:
            self._store.queues.limit_rate(name, *(pace or (None, None)))
        self._wake()
        return self.get(name)

    def get(self, name: str) -> QueueView:
        """Return a queue as it stands; one that nobody has used or limited is empty."""
        return next((queue for queue in self.list() if queue.name == name), QueueView(name=name))

    def list(self) -> list[QueueView]:
        """Return the queues that have jobs or limits, by name."""
        return [view_of(row) for row in self._store.queues.standing(self._clock.now())]


def view_of(row: QueueRow) -> QueueView:
    """Return a queue's row as people read it."""
    return QueueView(
        name=row.name,
        concurrency=row.concurrency,
        rate=show_rate(row.most, row.seconds),
        waiting=row.waiting,
        running=row.running,
        waiting_since=None if row.oldest is None else moment(row.oldest),
        begun=row.begun,
    )


def check_queue(name: object, where: str) -> None:
    """Refuse what cannot be a queue's name. Raises InvalidValueError."""
    if not is_queue(name):
        raise InvalidValueError(f"a queue's name is text without commas, not {name!r}", where)


def read_rate(rate: object) -> tuple[int, float]:
    """Return a rate as how many, in how many seconds. Raises InvalidValueError."""
    found = _RATE.fullmatch(rate.lower()) if isinstance(rate, str) else None
    unit = _SPELLINGS.get(found[3]) if found else None
    if found is None or unit is None:
        raise InvalidValueError(
            f"{rate!r} is no rate. Write how many in which time: 100/min, 5/s, 10/30s, 1000/h",
            "rate",
        )
    most, times = int(found[1]), int(found[2] or 1)
    if not 0 < most <= GREATEST or not 0 < times <= GREATEST:
        raise InvalidValueError(
            f"{rate!r} lets nothing begin, or all. To hold a queue, set concurrency to 0", "rate"
        )
    return most, times * _UNITS[unit]


def show_rate(most: int | None, seconds: float | None) -> str | None:
    """Return a rate as it is written; None for none."""
    if most is None or seconds is None:
        return None
    unit = next(unit for unit, each in reversed(_UNITS.items()) if seconds % each == 0)
    times = round(seconds / _UNITS[unit])
    return f"{most}/{times if times > 1 else ''}{unit}"


def _check_concurrency(concurrency: object) -> None:
    if type(concurrency) is not int or not 0 <= concurrency <= GREATEST:
        raise InvalidValueError(
            f"it is how many attempts may be under way at a time, 0 or more, not {concurrency!r}",
            "concurrency",
        )
