"""Queues over dicts: see `ports.queues` for what each method means."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager

from perdure.ports.claims import Claim
from perdure.ports.rows import QueueRow
from perdure.stores.memory.claims import could_begin, jobs_of
from perdure.stores.memory.tables import Draft, QueueTable, RunTable, Tables


class MemoryQueues:
    """Limits queues, each time in a transaction of its own, and reads them."""

    def __init__(
        self,
        writing: Callable[[], AbstractContextManager[Draft]],
        reading: Callable[[], AbstractContextManager[Tables]],
    ) -> None:
        self._writing = writing
        self._reading = reading

    def limit_concurrency(self, queue: str, most: int | None) -> None:
        """Let a queue have so many attempts under way at a time."""
        with self._writing() as draft:
            draft.queue(queue).concurrency = most

    def limit_rate(self, queue: str, most: int | None, seconds: float | None) -> None:
        """Let so many attempts of a queue be begun in any span of seconds."""
        with self._writing() as draft:
            table = draft.queue(queue)
            table.most, table.seconds = most, seconds

    def may_give(self, wanted: Claim, now: float) -> bool:
        """Whether a claim could get something; False where no job waits for it."""
        with self._reading() as tables:
            return any(
                job.host in wanted.hosts and could_begin(run, job, now)
                for run, job in jobs_of(tables.runs.values())
            )

    def standing(self, now: float) -> list[QueueRow]:
        """Return the queues that have jobs or limits, by name."""
        with self._reading() as tables:
            return _standing(tables.runs.values(), tables.queues, now)


def _standing(
    runs: Iterable[RunTable], queues: dict[str, QueueTable], now: float
) -> list[QueueRow]:
    jobs = list(jobs_of(runs))
    limited = {name for name, queue in queues.items() if queue.is_limited}
    found = []
    for name in sorted({job.queue for _, job in jobs} | limited):
        table = queues.get(name, QueueTable())
        mine = [each for each in jobs if each[1].queue == name]
        waiting = [job.due for run, job in mine if could_begin(run, job, now)]
        running = sum(job.owner is not None for _, job in mine)
        found.append(
            QueueRow(
                name, table.concurrency, table.most, table.seconds, len(waiting), running,
                min(waiting, default=None), sum(count for _, count in table.counting(now)),
            )
        )  # fmt: skip
    return found
