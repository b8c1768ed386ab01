"""Queues in SQLite: see `ports.queues` for what each method means."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import apsw

from perdure.ports.claims import Claim
from perdure.ports.rows import QueueRow
from perdure.stores.sqlite.statements import fetch
from perdure.wire.encoding import encode

Open = Callable[[], AbstractContextManager[apsw.Connection]]


class SqliteQueues:
    """Limits queues, each time in a transaction of its own, and reads them."""

    def __init__(self, writing: Open, reading: Open) -> None:
        self._writing = writing
        self._reading = reading

    def limit_concurrency(self, queue: str, most: int | None) -> None:
        """Let a queue have so many attempts under way at a time."""
        with self._writing() as db:
            fetch(db, "queue/limit_concurrency", queue=queue, most=most)

    def limit_rate(self, queue: str, most: int | None, seconds: float | None) -> None:
        """Let so many attempts of a queue be begun in any span of seconds."""
        with self._writing() as db:
            fetch(db, "queue/limit_rate", queue=queue, most=most, seconds=seconds)

    def may_give(self, wanted: Claim, now: float) -> bool:
        """Whether a claim could get something; False where no job waits for it."""
        with self._reading() as db:
            return bool(fetch(db, "queue/may_give", hosts=encode(wanted.hosts), now=now))

    def standing(self, now: float) -> list[QueueRow]:
        """Return the queues that have jobs or limits, by name."""
        with self._reading() as db:
            return [QueueRow(*row) for row in fetch(db, "queue/standing", now=now)]
