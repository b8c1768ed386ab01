"""What is read: runs with all that is open of them, and single facts."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import apsw

from perdure.ports.rows import (
    InboxRow,
    JobRow,
    KeptRow,
    Loaded,
    RunFilter,
    RunRow,
    TimerRow,
    WaitRow,
)
from perdure.stores.sqlite.statements import fetch
from perdure.wire.encoding import encode

Row = TypeVar("Row")


def load(db: apsw.Connection, runs: Sequence[str]) -> dict[str, Loaded]:
    """Read runs and what is open of them: one pass over each table, whatever their number."""
    ids = encode(runs)
    rows = [_run_row(values) for values in fetch(db, "load/runs", runs=ids)]
    if not rows:
        return {}
    contexts: dict[str, str] = dict(fetch(db, "load/contexts", runs=ids))
    jobs = _by_run(fetch(db, "load/jobs", runs=ids), JobRow._make)
    waits = _by_run(fetch(db, "load/waits", runs=ids), WaitRow._make)
    timers = _by_run(fetch(db, "load/timers", runs=ids), TimerRow._make)
    kept = _by_run(fetch(db, "load/kept", runs=ids), KeptRow._make)
    inbox = _by_run(fetch(db, "load/inbox", runs=ids), InboxRow._make)
    return {
        row.id: Loaded(
            row=row,
            context=contexts.get(row.id, "{}"),
            jobs=tuple(jobs.get(row.id, ())),
            waits=tuple(waits.get(row.id, ())),
            timers=tuple(timers.get(row.id, ())),
            kept=tuple(kept.get(row.id, ())),
            inbox=tuple(inbox.get(row.id, ())),
        )
        for row in rows
    }


def _by_run(
    rows: Iterable[tuple[Any, ...]], make: Callable[[Iterable[Any]], Row]
) -> Mapping[str, Sequence[Row]]:
    found: dict[str, list[Row]] = {}
    for run, *values in rows:
        found.setdefault(run, []).append(make(values))
    return found


def _run_row(values: Sequence[Any]) -> RunRow:
    return RunRow(**dict(zip(_RUN_FIELDS, values, strict=True)))


_RUN_FIELDS = tuple(RunRow.__dataclass_fields__)  # the order of `load/runs`


def find(db: apsw.Connection, query: RunFilter) -> list[RunRow]:
    """Return runs by a filter, newest first."""
    whole = next((label for label in query.labels if label.value is not None), None)
    asked = {
        name: getattr(query, name)
        for name in ("status", "error", "since", "until", "before", "limit", "offset", "workflow")
    }
    asked |= {"paused": query.paused, "labels": encode(query.labels), "live": query.live}
    if query.parent is not None:
        found = fetch(db, "read/find_children", parent=query.parent, **asked)
    elif whole is not None:
        found = fetch(db, "read/find_label", name=whole.name, value=whole.value, **asked)
    else:
        kind = "live" if query.live else "workflow" if query.workflow is not None else "all"
        found = fetch(db, f"read/find_{kind}", **asked)
    return _rows(db, found)


def children(db: apsw.Connection, run: str, brood: int | None) -> list[RunRow]:
    """Return a run's children, or those of one brood, in the order they were started."""
    return _rows(db, fetch(db, "read/children", run=run, brood=brood))


def _rows(db: apsw.Connection, found: Iterable[tuple[Any, ...]]) -> list[RunRow]:
    ids = encode([run for (run,) in found])
    return [_run_row(values) for values in fetch(db, "load/runs", runs=ids)]
