"""Which runs are found by a filter, and which rows of one."""

from collections.abc import Iterable, Sequence

from perdure.ports.commit import Label, StepEnded
from perdure.ports.rows import RevisionRow, RunFilter, RunRow, Trace, WantedLabel
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


def children(tables: Tables, run: str, brood: int | None) -> list[RunRow]:
    """Return a run's children, or those of one brood, in the order they were started."""
    rows = [table.row for table in tables.runs.values() if table.row.parent == run]
    found = [row for row in rows if brood is None or row.of_brood == brood]
    return sorted(found, key=lambda row: (row.of_brood or 0, row.place or 0))


def labels(tables: Tables, runs: Sequence[str]) -> list[Label]:
    """Return the tags and search attributes of these runs."""
    there = (tables.runs[run] for run in dict.fromkeys(runs) if run in tables.runs)
    return [label for table in there for label in sorted(table.labels)]


def latest_plan(tables: Tables, workflow: str) -> tuple[str, str] | None:
    """Return (hash, body) of the plan by which a workflow's runs begin now."""
    ranks = {row.plan: (row.worker in tables.workers, row.rank) for row in _announced(tables)}
    known = [(h, body) for h, (name, _, body) in tables.plans.items() if name == workflow]
    return max(reversed(known), key=lambda plan: ranks.get(plan[0], (False, -1)), default=None)


def current_revisions(tables: Tables, workflow: str) -> list[RevisionRow]:
    """Return each version's revision that was announced last by a live process, else by any."""
    current = {row.version: row for row in _announced(tables) if row.workflow == workflow}
    return [row for _, row in sorted(current.items())]


def _announced(tables: Tables) -> list[RevisionRow]:
    """Return what was announced, what counts most at the end."""
    return sorted(tables.revisions, key=lambda row: (row.worker in tables.workers, row.rank, row.n))


def outputs(rows: Sequence[StepEnded], steps: Sequence[str]) -> dict[str, str | None]:
    """Return the output of the last ended visit of these steps."""
    wanted = set(steps)
    return {row.step: row.output for row in rows if row.step in wanted}
