"""The data keys of runs, in SQLite: see `ports.vault` for what each method means."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager

import apsw

from perdure.ports.vault import DataKey, KeyGone
from perdure.stores.sqlite.statements import fetch, sql

Use = Callable[[], AbstractContextManager[apsw.Connection]]


@contextmanager
def overwriting(db: apsw.Connection) -> Iterator[None]:
    """Have what is deleted within the block overwritten with zeros in the file.

    Not always on: it costs a write of each page that anything is deleted from.
    """
    db.execute("PRAGMA secure_delete = ON")
    try:
        yield
    finally:
        db.execute("PRAGMA secure_delete = OFF")


class SqliteKeys:
    """The data keys of a database."""

    def __init__(self, writing: Use, reading: Use) -> None:
        self._writing = writing
        self._reading = reading

    def get(self, run: str) -> DataKey | None:
        """Return the data key of a run."""
        with self._reading() as db:
            return next((DataKey(*row) for row in fetch(db, "keys/get", run=run)), None)

    def masters(self) -> dict[str, int]:
        """Return how many data keys each master key wraps."""
        with self._reading() as db:
            return dict(fetch(db, "keys/masters"))

    def under(self, master: str, most: int) -> list[DataKey]:
        """Return data keys that this master key wraps."""
        with self._reading() as db:
            return [DataKey(*row) for row in fetch(db, "keys/under", master=master, most=most)]

    def rewrap(self, rows: Sequence[DataKey], old: str) -> int:
        """Wrap keys anew, where they still are under the old master key."""
        changes = [(row.run, row.master, row.wrapped, old) for row in rows]
        with self._writing() as db, overwriting(db):
            before = db.total_changes()
            db.executemany(sql("keys/rewrap"), changes)
            return db.total_changes() - before

    def destroy(self, rows: Sequence[KeyGone]) -> list[str]:
        """Empty the rows of these keys."""
        with self._writing() as db, overwriting(db):
            return [run for (run,) in db.executemany(sql("keys/destroy"), rows)]
