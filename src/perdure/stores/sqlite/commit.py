"""One commit as statements: fence first, write second, and nothing of a run that did not pass.

The fence reads where the runs stand, under the transaction's lock, and gives the numbers of those
that pass. Each list is one statement, run with the runs' numbers in the place of their ids; an
empty one is none.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import apsw

from perdure.ports.commit import Beat, Born, Commit, Committed, Moved
from perdure.ports.limits import LimitRow
from perdure.ports.revisions import Revision
from perdure.stores import places
from perdure.stores.places import Seating
from perdure.stores.rows import Row, encode_rows
from perdure.stores.sqlite import limits, mailbox, schedules
from perdure.stores.sqlite.claims import claim
from perdure.stores.sqlite.data_keys import overwriting
from perdure.stores.sqlite.inbox import accept
from perdure.stores.sqlite.statements import ask, sql, write
from perdure.wire.encoding import encode

# What goes is deleted before what comes is inserted: the two may have one key.
_GONE = ("jobs_gone", "waits_gone", "timers_gone", "kept_gone", "inbox_gone")
_MADE = ("jobs_made", "waits_made", "timers_made", "kept_made")
_WRITTEN = ("contexts", "adopted", "labels", "data_keys", "steps", "attempts")
_LISTS = _GONE + _MADE + _WRITTEN

Numbers = Mapping[str, int]
"""The numbers of the runs that passed, by their ids."""


def apply(db: apsw.Connection, commit: Commit) -> Committed:
    """Write a commit within the open transaction, and say what of it took place."""
    stale = _beat(db, commit.beats) if commit.beats else ()
    if commit.limits:
        limits.declare(db, commit)
    known = limits.known(db) if places.concerns(commit) else {}
    seating = places.wanted(commit, known) if known and commit.entering else None
    moved = _move(db, commit, known, seating) if commit.moved or seating is not None else {}
    born = _bear(db, commit, seating.held if seating is not None else ()) if commit.born else {}
    if commit.offspring:
        born |= _bear_offspring(db, commit, {**moved, **born})
    told: list[str] = []
    accepted: list[tuple[str, int]] = []
    if moved or born:
        told, accepted = _write(db, commit, {**moved, **born})
    if known:
        limits.write(db, commit, seating)
        if commit.admits is not None:
            told += limits.admit(db, known, commit.admits)
    if commit.plans:
        db.execute(sql("commit/plans"), {"rows": encode_rows(commit.plans)})
    if commit.inbox_done:
        db.execute(sql("commit/inbox_done"), {"rows": encode(commit.inbox_done)})
    announced = _announce(db, commit.revisions) if commit.revisions else ()
    if commit.unstranded:
        db.execute(sql("commit/unstranded"), {"hosts": encode(commit.unstranded)})
    claimed, again = claim(db, commit.claim, commit.now) if commit.claim else ((), None)
    full = seating.full if seating is not None else ()
    ids = frozenset(moved), frozenset(born)
    return Committed(*ids, claimed, stale, told, accepted, announced, full, again=again)


def _write(
    db: apsw.Connection, commit: Commit, passed: Numbers
) -> tuple[list[str], list[tuple[str, int]]]:
    """Write what is of the runs that passed; return whom it told something, and what was accepted."""
    batch = commit.batch
    told: list[str] = []
    accepted: list[tuple[str, int]] = []
    for name in _LISTS:
        if rows := getattr(commit, name):
            write(db, name, _numbered(rows, passed))
    if commit.data_keys_gone:
        with overwriting(db):
            rows = _numbered(commit.data_keys_gone, passed)
            db.executemany(sql("commit/data_keys_gone"), rows)
    if commit.history:
        write(db, "history", _numbered(commit.history, passed, batch))
    if commit.inbox_made:
        accepted = accept(db, [row for row in commit.inbox_made if row.run in passed])
    if commit.mail:
        db.execute(sql("commit/mail"), {"rows": encode_rows(commit.mail), "batch": batch})
    if commit.called_off:
        off = {"rows": encode_rows(commit.called_off), "batch": batch}
        told = [run for (run,) in db.execute(sql("commit/called_off"), off)]
    if commit.calls:
        told += mailbox.answer(db, commit.calls, batch, commit.now)
    return told, accepted


def _numbered(rows: Sequence[Row], passed: Numbers, *last: int) -> list[Row]:
    """Return the rows of runs that passed, their numbers in the place of their ids."""
    return [(passed[row[0]], *row[1:], *last) for row in rows if row[0] in passed]


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


def _move(
    db: apsw.Connection, commit: Commit, known: Mapping[str, LimitRow], seating: Seating | None
) -> Numbers:
    """Move runs, those that need a place when it is known that they have one."""
    if seating is None:
        return _fence(db, commit, commit.moved)
    moved = _fence(db, commit, seating.early(commit))
    places.give(seating, commit, known, limits.SqliteRoom(db))
    return moved | _fence(db, commit, seating.rest(commit))


def _fence(db: apsw.Connection, commit: Commit, rows: Sequence[Moved]) -> dict[str, int]:
    """Move the runs that stand where they were loaded and lose nothing that is gone already."""
    stood = ask(db, "standing", [row[:2] for row in rows])
    passed = {run: n for run, n, _ in stood}
    if missing := _missing(db, commit, passed):
        passed = {run: n for run, n in passed.items() if n not in missing}
    moves = [(passed[row.run], *row[1:], commit.batch) for row in rows if row.run in passed]
    write(db, "moved", moves)
    were = {n: ended_at for _, n, ended_at in stood}
    if ends := [(move[8], move[0]) for move in moves if move[8] != were[move[0]]]:
        write(db, "ended", ends)
    return passed


def _missing(db: apsw.Connection, commit: Commit, stood: Numbers) -> set[Any]:
    """Return the numbers of runs from which the commit takes what is not there any more."""
    taken: tuple[tuple[str, Sequence[Row]], ...] = (
        ("job_missing", commit.jobs_gone),
        ("wait_missing", commit.waits_gone),
        ("message_missing", commit.inbox_gone),
    )
    return {n for name, rows in taken if rows for (n,) in ask(db, name, _numbered(rows, stood))}


def _bear(db: apsw.Connection, commit: Commit, held: Collection[str]) -> dict[str, int]:
    births = schedules.in_time(db, commit) if commit.scheduled else commit.born
    if held:
        births = [born for born in births if born.run not in held]
    passed = _births(db, births, commit.batch)
    if commit.scheduled:
        schedules.go_on(db, commit)
    return passed


def _bear_offspring(db: apsw.Connection, commit: Commit, passed: Numbers) -> dict[str, int]:
    """Have children born with the move of their parent, or not at all; one that is there stays."""
    children = [child for child in commit.offspring if child.parent in passed]
    return _births(db, children, commit.batch)


def _births(db: apsw.Connection, births: Sequence[Born], batch: int) -> dict[str, int]:
    """Have these runs born, but for those whose keys are taken."""
    write(db, "births", [(*born, batch) for born in births])
    return dict(ask(db, "marked", [(born.run, batch) for born in births]))
