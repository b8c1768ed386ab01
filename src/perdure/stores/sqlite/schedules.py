"""Schedules: their rows, and the births that they go on with."""

from collections.abc import Sequence

import apsw

from perdure.ports.commit import Born, Commit
from perdure.ports.rows import ScheduleRow
from perdure.stores.rows import encode_rows
from perdure.stores.sqlite.statements import fetch


def in_time(db: apsw.Connection, commit: Commit) -> Sequence[Born]:
    """Return the births of a commit without those whose schedules do not stand as they did."""
    asked = [(row.run, row.name, row.old) for row in commit.scheduled]
    late = {run for (run,) in fetch(db, "schedules/late", rows=encode_rows(asked))}
    return [born for born in commit.born if born.run not in late] if late else commit.born


def go_on(db: apsw.Connection, commit: Commit) -> None:
    """Let the schedules go on whose runs were born in this batch."""
    fetch(db, "schedules/go_on", rows=encode_rows(commit.scheduled), batch=commit.batch)


def put(db: apsw.Connection, row: ScheduleRow, old: int) -> bool:
    """Write a schedule, if the one of its name stands at `old`; 0 if there is to be none."""
    written = encode_rows([row])
    if old:
        fetch(db, "schedules/change", row=written, old=old)
    else:
        fetch(db, "schedules/make", row=written)
    return db.changes() == 1
