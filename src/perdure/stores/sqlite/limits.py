"""How many runs of a workflow may live, in SQLite: see `ports.limits` for what each method means."""

from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager

import apsw

from perdure.ports.commit import Born, Commit
from perdure.ports.limits import LimitRow
from perdure.stores.places import Seating
from perdure.stores.rows import encode_rows
from perdure.stores.sqlite.statements import fetch
from perdure.wire.encoding import encode

Open = Callable[[], AbstractContextManager[apsw.Connection]]

UNLIMITED = 2**31


class SqliteRoom:
    """What a transaction knows of places."""

    def __init__(self, db: apsw.Connection) -> None:
        self._db = db

    def seated(self, runs: Collection[str]) -> Collection[str]:
        """Return those of these runs that have a place already."""
        return {run for (run,) in fetch(self._db, "limits/seated", runs=encode([*runs]))}

    def taken(self, births: Collection[Born]) -> Collection[str]:
        """Return those births whose id or keys are taken."""
        asked = encode_rows([(born.run, born.start_key, born.unique_key) for born in births])
        return {run for (run,) in fetch(self._db, "limits/taken", births=asked)}

    def busy(self, workflow: str, most: int) -> int:
        """Return how many places are taken or promised to those in line."""
        ((taken, promised),) = fetch(self._db, "limits/busy", workflow=workflow, most=most)
        return int(taken + promised)

    def live(self, workflow: str, most: int) -> tuple[str, ...]:
        """Return some of the runs that have a place, the oldest first."""
        return tuple(
            [run for (run,) in fetch(self._db, "limits/live", workflow=workflow, most=most)]
        )


def known(db: apsw.Connection) -> Mapping[str, LimitRow]:
    """Return the limits by workflow."""
    return {row[0]: LimitRow(*row) for row in fetch(db, "limits/all")}


def declare(db: apsw.Connection, commit: Commit) -> None:
    """Keep what classes say; runs that live have their places already."""
    for (workflow,) in fetch(db, "limits/declare", rows=encode_rows(commit.limits)):
        fetch(db, "limits/seat_living", workflow=workflow)


def write(db: apsw.Connection, commit: Commit, seating: Seating | None) -> None:
    """Enter the places that were given, and those that are left by the runs that have ended."""
    if seating is not None and seating.seats:
        fetch(db, "limits/seat", rows=encode_rows(seating.seats), batch=commit.batch)
    if ended := [row.run for row in commit.moved if row.ended_at is not None]:
        fetch(db, "limits/leave", runs=encode(ended), batch=commit.batch)


def admit(db: apsw.Connection, limits: Mapping[str, LimitRow], message: str) -> list[str]:
    """Give what is free to the first in line, and tell them so; return those runs."""
    told = []
    for (workflow,) in fetch(db, "limits/lines"):
        holds = limits[workflow].holds
        free = UNLIMITED
        if holds is not None:
            ((taken, _),) = fetch(db, "limits/busy", workflow=workflow, most=holds)
            free = holds - taken
        if free <= 0 or not (first := fetch(db, "limits/first", workflow=workflow, most=free)):
            continue
        runs = encode([n for n, _ in first])
        fetch(db, "limits/admit", runs=runs, workflow=workflow)
        fetch(db, "inbox/deliver", runs=runs, message=message, payload=None)
        told += [run for _, run in first]
    return told


class SqliteLimits:
    """Limits workflows, each time in a transaction of its own, and reads the limits."""

    def __init__(self, writing: Open, reading: Open) -> None:
        self._writing = writing
        self._reading = reading

    def put(self, row: LimitRow, admits: str) -> list[str]:
        """Set a workflow's limit; return the runs that may begin now."""
        with self._writing() as db:
            asked = {"is_set": row.is_set, "most": row.most, "waits": row.waits}
            fetch(db, "limits/put", workflow=row.workflow, **asked)
            fetch(db, "limits/seat_living", workflow=row.workflow)
            return admit(db, known(db), admits)

    def standing(self) -> list[LimitRow]:
        """Return the limits, by workflow."""
        with self._reading() as db:
            return [LimitRow(*row) for row in fetch(db, "limits/standing")]
