"""What a courier asks of an outbox: rows that an application committed with its own writes."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol


class Posted(NamedTuple):
    """One row: a start, a signal, an event. Its id sorts by time and is its key; `body` is JSON.

    `kind` is 'start', 'signal' (to one run), 'signal_start' (to one, which it may start),
    'broadcast' or 'event'. The id of a start is its run's.
    """

    id: str
    kind: str
    body: str
    made_at: float


class Outbox(Protocol):
    """A table of an application's database. It may be called from one thread at a time."""

    def read(self, after: str, most: int) -> list[Posted]:
        """Return committed rows with an id after this one, by id. Raises OutboxTroubleError."""

    def forget(self, ids: Sequence[str]) -> None:
        """Delete rows that were delivered, and commit. Raises OutboxTroubleError."""
