"""Which runs are found by a filter, and which rows of one."""

from collections.abc import Iterable, Sequence

from perdure.ports.commit import Label, StepEnded
from perdure.ports.rows import RunFilter, RunRow, Trace, WantedLabel
from perdure.stores.memory.tables import RunTable, Tables
from perdure.wire.encoding import decode


def find(tables: Tables, query: RunFilter) -> list[RunRow]:
    """Return runs by a filter, newest first."""
    newest = sorted(tables.runs.values(), key=lambda table: -table.n)
    if query.before is not None:
        last = tables.runs.get(query.before)
        newest = [table for table in newest if last is not None and table.n < last.n]
    found = [table.row for table in newest if _matches(table, query)]
    return found[query.offset : query.offset + query.limit]


def _matches(table: RunTable, query: RunFilter) -> bool:
    row = table.row
    return (
        query.status in (None, row.status)
        and query.workflow in (None, row.workflow)
        and query.parent in (None, row.parent)
        and not (query.live and row.ended_at is not None)
        and query.paused in (None, bool(row.paused))
        and query.error in (None, _kind(row.error))
        and query.since <= row.created_at <= query.until
        and all(_has(table.labels, wanted) for wanted in query.labels)
    )


def _kind(error: str | None) -> str:
    return str(decode(error).get("kind")) if error is not None else ""


def _has(labels: Iterable[Label], wanted: WantedLabel) -> bool:
    return any(
        label.name == wanted.name
        and wanted.value in (None, label.value)
        and (wanted.least is None or (label.number is not None and label.number >= wanted.least))
        and (wanted.most is None or (label.number is not None and label.number <= wanted.most))
        for label in labels
    )


def traces(rows: Sequence[StepEnded], of: tuple[str, int], most: int) -> list[Trace]:
    """Return what visits left of the context, from this ended one backwards."""
    ends = [n for n, row in enumerate(rows) if (row.step, row.visit) == of]
    there = rows[: ends[-1] + 1] if ends else rows
    return [Trace(r.step, r.visit, r.status, r.context) for r in reversed(there[-most:])]
