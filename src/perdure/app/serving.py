"""Why a job waits in its queue: its limits, or nobody who serves it."""

from collections.abc import Sequence
from shlex import quote
from typing import NamedTuple

from perdure.app.queues import view_of
from perdure.ports.rows import QueueRow, WorkerRow
from perdure.wire.encoding import decode


def serves(worker: WorkerRow, queue: str) -> bool:
    """Whether an incarnation takes jobs of this queue."""
    return worker.queues is None or queue in decode(worker.queues)


class Hold(NamedTuple):
    """What holds a queue's jobs up, and a command that helps; a `problem` does not pass by itself."""

    text: str
    command: str
    problem: bool


def held_up(queue: str, rows: Sequence[QueueRow], alive: Sequence[WorkerRow]) -> Hold | None:
    """Return what holds a queue's jobs up; None if nothing is known to."""
    row = next((row for row in rows if row.name == queue), None)
    if row is not None and row.concurrency == 0:
        return Hold(
            f"queue {queue!r} is held",
            f"perdure queues set {quote(queue)} --concurrency none",
            True,
        )
    if alive and not any(serves(worker, queue) for worker in alive):
        return Hold(
            f"no worker serves queue {queue!r}",
            f"perdure worker [MODULE] --queue {quote(queue)}",
            True,
        )
    if row is None:
        return None
    if row.concurrency is not None and row.running >= row.concurrency:
        many = "attempt is" if row.running == 1 else "attempts are"
        text = f"queue {queue!r} is full: {row.running} {many} under way, at most {row.concurrency} may be"
        return Hold(text, "perdure queues", False)
    if row.most is not None and row.begun >= row.most:
        rate = view_of(row).rate
        text = f"queue {queue!r} has reached its rate: {row.begun} of {rate} have begun"
        return Hold(text, "perdure queues", False)
    return None
