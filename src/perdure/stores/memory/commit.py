"""One commit over dicts: fence first, write second, and nothing of a run that did not pass."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any, TypeVar

from perdure.errors import StoreRefusedError
from perdure.ports.claims import Claim, Claimed
from perdure.ports.commit import Beat, Born, Commit, Committed, InboxMade, Moved
from perdure.ports.revisions import STRANDED
from perdure.ports.rows import RunRow
from perdure.stores import places
from perdure.stores.memory import data_keys, limits, mailbox, schedules
from perdure.stores.memory.claims import claim
from perdure.stores.memory.inbox import put
from perdure.stores.memory.oddities import refuse_odd
from perdure.stores.memory.tables import Draft, Ended, RunTable, Tables, keys_of
from perdure.stores.places import Seating

Key = TypeVar("Key")
Row = TypeVar("Row")


def apply(tables: Tables, draft: Draft, commit: Commit) -> Committed:
    """Write a commit into the draft, and say what of it will take place.

    Raises StoreRefusedError.
    """
    refuse_odd(_all_rows(commit))
    stale = tuple(beat for beat in commit.beats if not _beat(draft, beat))
    limits.declare(draft, commit)
    seating = places.wanted(commit, draft.limits)
    moved = _fence_all(draft, commit, seating)
    births = schedules.in_time(draft, commit) if commit.scheduled else commit.born
    births = (*births, *(new for new in commit.offspring if new.parent in moved))
    if seating is not None:
        births = tuple(new for new in births if new.run not in seating.held)
    born = frozenset([new.run for new in births if _bear(tables, draft, new, commit.batch)])
    schedules.go_on(draft, commit, born)
    passed = {run: table for run in moved | born if (table := draft.run(run)) is not None}
    _delete(passed, commit)
    _insert(passed, commit)
    _adopt(passed, commit)
    _label(passed, commit)
    data_keys.write(passed, commit)
    _write(tables, draft, passed, commit)
    left = [made for made in commit.inbox_made if made.run in passed]
    numbers = put(tables, draft, left)
    accepted = [(made.run, n) for made, n in zip(left, numbers, strict=True) if n is not None]
    told = _tell(tables, draft, passed, commit)
    if commit.calls:
        told += mailbox.answer(tables, draft, passed, commit.calls, commit.now)
    limits.write(commit, passed, seating)
    if commit.admits is not None:
        told += limits.admit(tables, draft, commit.admits)
    _write_beside(tables, draft, commit)
    announced = tuple([draft.announce(row) for row in commit.revisions])
    claimed: Sequence[Claimed] = ()
    again = None
    if commit.claim is not None and not _knows_less(tables, draft, commit.claim):
        claimed, again = claim(draft, commit.claim, commit.now)
    full = seating.full if seating is not None else ()
    return Committed(moved, born, claimed, stale, told, accepted, announced, full, again=again)


def _write_beside(tables: Tables, draft: Draft, commit: Commit) -> None:
    """Write what is written whatever becomes of the runs."""
    for hash_, workflow, version, body in commit.plans:
        draft.plan(hash_, (workflow, version, body))
    for number in commit.inbox_done:
        if table := draft.run(tables.addressees.get(number, "")):
            table.inbox.pop(number, None)
    _unstrand(draft, commit.unstranded)


def _all_rows(commit: Commit) -> list[Any]:
    lists = (getattr(commit, name) for name in commit.__slots__)
    rows = chain.from_iterable(rows for rows in lists if isinstance(rows, list))
    return [row for row in rows if isinstance(row, tuple)]


def _beat(draft: Draft, beat: Beat) -> bool:
    """Keep a heartbeat; False if its claim is gone."""
    visit = (beat.step, beat.visit)
    table = draft.peek(beat.run)
    job = table.jobs.get(visit) if table is not None else None
    if job is None or (job.token, job.owner) != (beat.token, beat.owner):
        return False
    changed = draft.run(beat.run)
    assert changed is not None
    before = changed.beats.get(visit, beat)
    changed.beats[visit] = beat._replace(
        progress=before.progress if beat.progress is None else beat.progress,
        detail=before.detail if beat.detail is None else beat.detail,
    )
    return True


# -- the fence ----------------------------------------------------------------------------------


def _fence_all(draft: Draft, commit: Commit, seating: Seating | None) -> frozenset[str]:
    if seating is None:
        return _fence(draft, commit, commit.moved)
    moved = _fence(draft, commit, seating.early(commit))
    places.give(seating, commit, draft.limits, limits.MemoryRoom(draft))
    return moved | _fence(draft, commit, seating.rest(commit))


def _fence(draft: Draft, commit: Commit, moves: Sequence[Moved]) -> frozenset[str]:
    refused = set(_refused(draft, commit))
    passed = [move for move in moves if move.run not in refused and _stands(draft, move)]
    for move in passed:
        _move(draft, move, commit.batch)
    return frozenset([move.run for move in passed])


def _stands(draft: Draft, move: Moved) -> bool:
    table = draft.peek(move.run)
    return table is not None and table.row.seq == move.old


def _refused(draft: Draft, commit: Commit) -> Iterator[str]:
    """Yield the runs of which something that the commit takes is gone already."""
    for job in commit.jobs_gone:
        table = draft.peek(job.run)
        here = table and table.jobs.get((job.step, job.visit))
        if job.token is not None and (not here or here.token != job.token):
            yield job.run
    for wait in commit.waits_gone:
        table = draft.peek(wait.run)
        if wait.fenced and not (table and any(key[:3] == wait[1:4] for key in table.waits)):
            yield wait.run
    for run, number in commit.inbox_gone:
        table = draft.peek(run)
        if not (table and number in table.inbox):
            yield run


def _move(draft: Draft, move: Moved, batch: int) -> None:
    table = draft.run(move.run)
    assert table is not None
    if table.row.ended_at is not None and move.ended_at is None:
        _revive(draft, table)
    table.row = replace(
        table.row,
        seq=move.seq,
        batch=batch,
        status=move.status,
        paused=move.paused,
        cursor=move.cursor,
        marks=move.marks,
        visits=move.visits,
        ended_at=move.ended_at,
        error=move.error,
        brood=move.brood,
        scopes=move.scopes,
    )


def _revive(draft: Draft, table: RunTable) -> None:
    """Take the unique key again; refuse if another live run has it by now."""
    key = ("unique", table.row.unique_key or "")
    holder = draft.holder(key)
    if holder is not None and holder is not table and holder.row.ended_at is None:
        raise StoreRefusedError(f"{holder.row.id} has the unique key of {table.row.id} now")
    if holder is not None:
        draft.take(key, table.row.id)


def _bear(tables: Tables, draft: Draft, born: Born, batch: int) -> bool:
    """Add a run unless its id, its start key or a live run's unique key is taken; say whether."""
    values = born._asdict()
    row = RunRow(id=values.pop("run"), batch=batch, paused=0, **values)
    if draft.peek(row.id) is not None or any(_is_taken(draft, row, key) for key in keys_of(row)):
        return False
    draft.bear(RunTable(n=next(tables.births), row=row))
    return True


def _is_taken(draft: Draft, row: RunRow, key: tuple[str, str]) -> bool:
    holder = draft.holder(key)
    if holder is None:
        return False
    return key[0] == "start" or (row.ended_at is None and holder.row.ended_at is None)


# -- what goes, then what comes -------------------------------------------------------------------


def _delete(passed: dict[str, RunTable], commit: Commit) -> None:
    for job in commit.jobs_gone:
        if table := passed.get(job.run):
            table.jobs.pop((job.step, job.visit), None)
            table.beats.pop((job.step, job.visit), None)
    for wait in commit.waits_gone:
        if table := passed.get(wait.run):
            for key in [key for key in table.waits if key[:3] == wait[1:4]]:
                del table.waits[key]
    for timer in commit.timers_gone:
        if table := passed.get(timer.run):
            table.timers.pop(timer[1:], None)
    for run, signal in commit.kept_gone:
        if table := passed.get(run):
            table.kept.pop(signal, None)
    for run, number in commit.inbox_gone:
        if table := passed.get(run):
            table.inbox.pop(number, None)


def _insert(passed: dict[str, RunTable], commit: Commit) -> None:
    for job in commit.jobs_made:
        if table := passed.get(job.run):
            _add(table.jobs, (job.step, job.visit), job)
    for wait in commit.waits_made:
        if table := passed.get(wait.run):
            _add(table.waits, (wait.step, wait.visit, wait.kind, wait.name, wait.way), wait)
    for timer in commit.timers_made:
        if table := passed.get(timer.run):
            _add(table.timers, (timer.step, timer.visit, timer.kind), timer)
    for kept in commit.kept_made:
        if table := passed.get(kept.run):
            _add(table.kept, kept.signal, kept)
    for run, data in commit.contexts:
        if table := passed.get(run):
            table.context = data


def _adopt(passed: dict[str, RunTable], commit: Commit) -> None:
    for adopted in commit.adopted:
        if table := passed.get(adopted.run):
            table.row = replace(table.row, plan=adopted.plan, version=adopted.version)


def _label(passed: dict[str, RunTable], commit: Commit) -> None:
    for label in commit.labels:
        if table := passed.get(label.run):
            table.labels = (*table.labels, label)


def _add(rows: dict[Key, Row], key: Key, row: Row) -> None:
    if key in rows:
        raise StoreRefusedError(f"the store in memory refused a row that is there already: {row}")
    rows[key] = row


def _write(tables: Tables, draft: Draft, passed: dict[str, RunTable], commit: Commit) -> None:
    """Add what is over; it is appended when the transaction is kept."""
    for step in commit.steps:
        if step.run in passed:
            draft.ended(step.run).steps.append(step)
    for attempt in commit.attempts:
        if attempt.run in passed:
            draft.ended(attempt.run).attempts.append(attempt)
    for written in commit.history:
        if written.run in passed:
            old = tables.ended.get(written.run, Ended()).history
            if written.seq in old:
                raise StoreRefusedError(f"{written.run} has a sequence {written.seq} already")
            _add(draft.ended(written.run).history, written.seq, (written, commit.batch))


def _tell(tables: Tables, draft: Draft, passed: dict[str, RunTable], commit: Commit) -> list[str]:
    """Bring mail to its runs, and call off children; return the children that were told."""
    mail = [InboxMade(m.to, m.message, None, None) for m in commit.mail if m.run in passed]
    put(tables, draft, [made for made in mail if draft.peek(made.run) is not None])
    off = [
        InboxMade(table.row.id, called.message, None, None)
        for called in commit.called_off
        if called.run in passed
        for table in draft.every()
        if table.row.parent == called.run and table.row.ended_at is None and not table.row.detached
    ]
    put(tables, draft, off)
    return [made.run for made in off]


# -- claims -----------------------------------------------------------------------------------------


def _unstrand(draft: Draft, hosts: Sequence[str]) -> None:
    """Give jobs of stranded runs their own hosts again."""
    wanted = {f"{STRANDED}{host}": host for host in hosts}
    for table in draft.every() if hosts else ():
        for visit, job in table.jobs.items():
            if job.owner is None and job.host in wanted:
                changed = draft.run(table.row.id)
                assert changed is not None
                changed.jobs[visit] = job._replace(host=wanted[job.host])


def _knows_less(tables: Tables, draft: Draft, wanted: Claim) -> bool:
    """Whether another live process has announced a revision that who claims does not know of."""
    return any(
        row.n > wanted.seen and row.worker != wanted.owner and row.worker in tables.workers
        for row in (*tables.revisions, *draft.revisions)
    )
