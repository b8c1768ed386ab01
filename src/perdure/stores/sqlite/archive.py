"""What is over, in a SQLite database: see `ports.archive` for what each method means."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

import apsw

from perdure.ports.archive import Long, Over
from perdure.stores.rows import encode_rows
from perdure.stores.sqlite.statements import fetch
from perdure.wire.encoding import encode

Use = Callable[[], AbstractContextManager[apsw.Connection]]

TABLES = (
    *("contexts", "jobs", "waits", "timers", "kept", "keys"),
    *("steps", "attempts", "history", "labels", "places", "data_keys", "runs"),
)
"""Every table whose rows are a run's by its number, but for the inbox, which is empty then."""

BY_ID = ("calls", "spent", "budgets")
"""Those whose rows are a run's by its id."""


class SqliteArchive:
    """What is over in a database."""

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
            for table in BY_ID if found else ():
                fetch(db, f"archive/{table}", runs=encode([run for _, run in found]))
        return [run for _, run in found]

    def long(self, after: int, keep: int, most: int) -> list[Long]:
        """Return live runs of code with a long history, by `n`."""
        asked = {"after": after, "keep": keep, "most": most}
        with self._reading() as db:
            return [Long(*row) for row in fetch(db, "archive/long", **asked)]

    def cut(self, run: Long, keep: int, most: int) -> int:
        """Delete the oldest part of a live run's history; return how many messages went."""
        with self._writing() as db:
            found = fetch(db, "archive/until", run=run.n, keep=keep, most=most)
            if not found:
                return 0
            ((seq, at, count),) = found
            fetch(db, "archive/cut_history", run=run.n, seq=seq)
            fetch(db, "archive/cut_attempts", run=run.n, at=at, most=most)
            for (step,) in fetch(db, "archive/stepped", run=run.n):
                fetch(db, "archive/cut_steps", run=run.n, step=step, at=at, most=most)
        return int(count)
