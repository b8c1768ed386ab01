"""Runs that are over, in a SQLite database: see `ports.archive` for what each method means."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

import apsw

from perdure.ports.archive import Over
from perdure.stores.rows import encode_rows
from perdure.stores.sqlite.statements import fetch
from perdure.wire.encoding import encode

Use = Callable[[], AbstractContextManager[apsw.Connection]]

TABLES = (
    *("contexts", "jobs", "waits", "timers", "kept", "keys"),
    *("steps", "attempts", "history", "labels", "places", "runs"),
)
"""Every table whose rows are a run's, but for the inbox, which is empty then."""


class SqliteArchive:
    """The runs of a database that are over."""

    def __init__(self, writing: Use, reading: Use) -> None:
        self._writing = writing
        self._reading = reading

    def over(self, after: int, most: int) -> list[Over]:
        """Return runs that have ended, by `n`."""
        with self._reading() as db:
            return [Over(*row) for row in fetch(db, "archive/over", after=after, most=most)]

    def forget(self, runs: Sequence[Over]) -> list[str]:
        """Delete runs with everything that is theirs; return which."""
        with self._writing() as db:
            found = fetch(db, "archive/which", rows=encode_rows(runs))
            numbers = encode([number for number, _ in found])
            for table in TABLES if found else ():
                fetch(db, f"archive/{table}", numbers=numbers)
        return [run for _, run in found]
