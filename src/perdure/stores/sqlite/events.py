"""Events over a SQLite database: see `ports.events` for what each method means."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any

import apsw

from perdure.ports.events import Due, Firing, Standing, Told, Trigger, Whose
from perdure.stores.rows import encode_rows
from perdure.stores.sqlite.statements import fetch
from perdure.wire.encoding import encode

_EVENT = len(Told._fields)

Reading = Callable[[], AbstractContextManager[apsw.Connection]]


class SqliteEventWriter:
    """Writes events within an open transaction; `told` gives the connection, and tells trouble."""

    def __init__(self, told: Reading) -> None:
        self._told = told

    def host(self, triggers: Sequence[Trigger], workflows: Sequence[str], now: float) -> None:
        """Let these workflows have these triggers, and no others."""
        rows, names = encode_rows(triggers), encode(list(workflows))
        with self._told() as db:
            fetch(db, "events/unhost", workflows=names)
            fetch(db, "events/host", rows=rows, now=now)
            fetch(db, "events/orphaned", workflows=names)
            fetch(db, "events/late", rows=rows, now=now)

    def seen(self, workflows: Sequence[str], now: float) -> None:
        """Note that a process hosts these workflows."""
        with self._told() as db:
            fetch(db, "events/seen", workflows=encode(list(workflows)), now=now)

    def unseen(self, before: float) -> list[str]:
        """Return the workflows with triggers that no process has hosted since."""
        with self._told() as db:
            return [name for (name,) in fetch(db, "events/unseen", before=before)]

    def of_key(self, key: str) -> str | None:
        """Return the event that was told under this idempotency key."""
        with self._told() as db:
            found = fetch(db, "events/of_key", key=key)
        return found[0][0] if found else None

    def keep_key(self, key: str, event: str, now: float) -> None:
        """Remember the event that was told under this idempotency key."""
        with self._told() as db:
            fetch(db, "events/keep_key", key=key, event=event, now=now)

    def at(self, event: str) -> float | None:
        """Return when this event is; None if it is not known."""
        with self._told() as db:
            found = fetch(db, "events/at", event=event)
        return found[0][0] if found else None

    def tell(self, event: Told) -> None:
        """Keep an event, in place of what was told of it before."""
        with self._told() as db:
            fetch(db, "events/tell", **event._asdict())

    def schedule(self, event: Told) -> None:
        """Make its firings anew."""
        with self._told() as db:
            fetch(db, "events/unschedule", id=event.id)
            fetch(db, "events/schedule", id=event.id)

    def take_due(self, now: float, most: int, event: str | None = None) -> list[Due]:
        """Take away and return firings that are due."""
        with self._told() as db:
            if event is None:
                found = fetch(db, "events/due", now=now, most=most)
            else:
                found = fetch(db, "events/due_of", now=now, most=most, event=event)
            if found:
                keys = [(row[-1], row[_EVENT + 1], row[_EVENT]) for row in found]
                fetch(db, "events/taken", rows=encode_rows(keys))
        return [Due(Told(*row[:_EVENT]), *row[_EVENT:-1]) for row in found]

    def is_awaited(self, name: str) -> bool:
        """Whether any run waits for an event of this name."""
        with self._told() as db:
            return bool(fetch(db, "events/awaited", name=name))

    def withdraw(self, whose: Whose) -> int:
        """Forget the events that are told apart so; return how many firings went with them."""
        with self._told() as db:
            gone = [number for (number,) in fetch(db, "events/withdrawn", **whose._asdict())]
            if not gone:
                return 0
            fetch(db, "events/called_off", events=encode(gone))
            return db.changes()

    def drop(self, event: str) -> None:
        """Forget an event if nothing is to come of it."""
        with self._told() as db:
            fetch(db, "events/drop", event=event)

    def forget(self, before: float) -> None:
        """Forget events of before, and keys, that nothing is to come of."""
        with self._told() as db:
            fetch(db, "events/forget", before=before)
            fetch(db, "events/forget_keys", before=before)


class SqliteEventReader:
    """Reads events; `reading` lends a connection for it."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    def triggers(self) -> list[Trigger]:
        """Return what starts workflows."""
        return [Trigger(*row) for row in self._all("triggers")]

    def standing(self) -> list[Standing]:
        """Return how each trigger stands, by event, shift and workflow."""
        return [Standing(*row) for row in self._all("standing")]

    def next_due(self) -> float | None:
        """Return when the next firing is due."""
        ((due,),) = self._all("next_due")
        return None if due is None else float(due)

    def find(self, name: str | None = None, most: int = 100) -> list[Told]:
        """Return events that are known still, those of the latest time first."""
        if name is None:
            return [Told(*row) for row in self._all("find", most=most)]
        return [Told(*row) for row in self._all("find_name", name=name, most=most)]

    def firings(self, events: Sequence[str]) -> list[Firing]:
        """Return what is to come of these events, the earliest first."""
        return [Firing(*row) for row in self._all("firings", events=encode(list(events)))]

    def _all(self, statement: str, /, **asked: Any) -> list[tuple[Any, ...]]:
        with self._reading() as db:
            return fetch(db, f"events/{statement}", **asked)
