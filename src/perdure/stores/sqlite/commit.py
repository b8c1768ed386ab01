"""One commit as statements: fence first, write second, and nothing of a run that did not pass.

Each list is one statement, whatever its length; an empty one is none. Its rows travel as one JSON
array of arrays, the run first, and are joined on the mark that the fence has left.
"""

from collections.abc import Sequence
from typing import Any

import apsw

from perdure.ports.commit import Beat, Commit, Committed
from perdure.ports.revisions import Revision
from perdure.stores.rows import encode_rows
from perdure.stores.sqlite import mailbox, schedules
from perdure.stores.sqlite.claims import claim
from perdure.stores.sqlite.inbox import accept
from perdure.stores.sqlite.statements import sql
from perdure.wire.encoding import encode

# What goes is deleted before what comes is inserted: the two may have one key.
_GONE = ("jobs_gone", "waits_gone", "timers_gone", "kept_gone", "inbox_gone")
_MADE = ("jobs_made", "waits_made", "timers_made", "kept_made")
_WRITTEN = ("contexts", "adopted", "labels", "steps", "attempts", "history")
_LISTS = tuple((name, sql(f"commit/{name}")) for name in _GONE + _MADE + _WRITTEN)


def apply(db: apsw.Connection, commit: Commit) -> Committed:
    """Write a commit within the open transaction, and say what of it took place."""
    batch = commit.batch
    stale = _beat(db, commit.beats) if commit.beats else ()
    moved = _fence(db, commit) if commit.moved else frozenset[str]()
    born = _bear(db, commit) if commit.born else frozenset[str]()
    if commit.offspring:
        born |= _bear_offspring(db, commit)
    told: list[str] = []
    accepted: list[tuple[str, int]] = []
    if moved or born:
        for name, statement in _LISTS:
            if rows := getattr(commit, name):
                db.execute(statement, {"rows": encode_rows(rows), "batch": batch})
        if commit.inbox_made:
            accepted = accept(db, commit.inbox_made, batch)
        if commit.mail:
            db.execute(sql("commit/mail"), {"rows": encode_rows(commit.mail), "batch": batch})
        if commit.called_off:
            off = {"rows": encode_rows(commit.called_off), "batch": batch}
            told = [run for (run,) in db.execute(sql("commit/called_off"), off)]
        if commit.calls:
            told += mailbox.answer(db, commit.calls, batch, commit.now)
    if commit.plans:
        db.execute(sql("commit/plans"), {"rows": encode_rows(commit.plans)})
    if commit.inbox_done:
        db.execute(sql("commit/inbox_done"), {"rows": encode(commit.inbox_done)})
    announced = _announce(db, commit.revisions) if commit.revisions else ()
    if commit.unstranded:
        db.execute(sql("commit/unstranded"), {"hosts": encode(commit.unstranded)})
    claimed, again = claim(db, commit.claim, commit.now) if commit.claim else ((), None)
    return Committed(moved, born, claimed, stale, told, accepted, announced, again=again)


def _announce(db: apsw.Connection, revisions: Sequence[Revision]) -> tuple[int, ...]:
    rows = encode_rows(revisions)
    return tuple([n for (n,) in db.execute(sql("commit/revisions"), {"rows": rows})])


def _beat(db: apsw.Connection, beats: Sequence[Beat]) -> tuple[Beat, ...]:
    """Write heartbeats, and return those whose claim is gone."""
    rows = encode_rows(beats)
    db.execute(sql("commit/beats"), {"rows": rows})
    if db.changes() == len(beats):
        return ()
    counted = {key for (key,) in db.execute(sql("commit/beaten"), {"rows": rows})}
    return tuple(beat for number, beat in enumerate(beats) if number not in counted)


def _fence(db: apsw.Connection, commit: Commit) -> frozenset[str]:
    moved = encode_rows(commit.moved)
    db.execute(
        sql("commit/fence"),
        {
            "moved": moved,
            "batch": commit.batch,
            "jobs_gone": encode_rows(commit.jobs_gone),
            "waits_gone": encode_rows(commit.waits_gone),
            "inbox_gone": encode_rows(commit.inbox_gone),
        },
    )
    return _marked(db, commit.moved, moved, commit.batch)


def _bear(db: apsw.Connection, commit: Commit) -> frozenset[str]:
    births = schedules.in_time(db, commit) if commit.scheduled else commit.born
    born = encode_rows(births)
    db.execute(sql("commit/births"), {"born": born, "batch": commit.batch})
    passed = _marked(db, births, born, commit.batch)
    if commit.scheduled:
        schedules.go_on(db, commit)
    return passed


def _bear_offspring(db: apsw.Connection, commit: Commit) -> frozenset[str]:
    born = encode_rows(commit.offspring)
    db.execute(sql("commit/offspring"), {"born": born, "batch": commit.batch})
    return _marked(db, commit.offspring, born, commit.batch)


def _marked(db: apsw.Connection, runs: Sequence[Any], rows: str, batch: int) -> frozenset[str]:
    """Return the runs that the last statement marked: nearly always all of them."""
    if db.changes() == len(runs):
        return frozenset([row[0] for row in runs])
    found = db.execute(sql("commit/marked"), {"rows": rows, "batch": batch})
    return frozenset([run for (run,) in found])
