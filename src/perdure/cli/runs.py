"""`perdure runs`: list runs, the newest first."""

from dataclasses import replace
from typing import Annotated

from cyclopts import Parameter, validators
from rich.text import Text

from perdure.app.clock import SystemClock
from perdure.app.labels import filter_of
from perdure.app.views import RunView, view_of
from perdure.cli import documents, output
from perdure.cli.columns import Cell, print_columns
from perdure.cli.opening import Common, reading
from perdure.cli.spans import ago
from perdure.errors import ConfigError
from perdure.kernel.run import Status
from perdure.ports.rows import RunFilter
from perdure.ports.store import Store
from perdure.wire.encoding import decode
from perdure.wire.spans import duration

_LIMIT = Parameter(validator=validators.Number(gte=1, lte=10_000), show_default=True)
HEADER = ("RUN", "WORKFLOW", "STATUS", "STARTED", "TOOK", "AT")
STATUSES = tuple(status.value for status in Status)


def runs(  # noqa: PLR0913 - options of the command
    *,
    status: str | None = None,
    workflow: str | None = None,
    parent: str | None = None,
    where: tuple[str, ...] = (),
    poison: bool = False,
    limit: Annotated[int, _LIMIT] = 20,
    json: bool = False,
    common: Common | None = None,
) -> None:
    """List runs, the newest first.

    Parameters
    ----------
    status
        Only those that stand so: completed, failed, waiting ..., or `live`, all that go on.
    workflow
        Only those of this workflow.
    parent
        Only the children of this run.
    where
        Only those for which this holds: tag=vip, customer=42, amount>=100, created>2026-11-27,
        error=timeout. Several must all hold.
    poison
        Only those that failed because a step took its worker with it, again and again.
    limit
        At most so many.
    json
        Print one JSON document.
    """
    conditions = (*where, "error=poison") if poison else where
    query = replace(filter_of(conditions, _query(status, workflow, limit)), parent=parent)
    with reading(common or Common()) as store:
        views = list_views(store, query)
    if json:
        output.document({"runs": [documents.summary_document(view) for view in views]})
    elif views:
        now = SystemClock().now()
        rows = [_row(view, now) for view in views]
        print_columns(output.console(), HEADER, rows, shrinks=(5, 1))
        if len(views) == limit:
            output.note(f"the newest {limit}; more with --limit")
        if any(view.stranded for view in views):
            output.note("stranded runs do not fit the code that is there. Why: perdure doctor RUN")
    else:
        asked = status or workflow or parent or conditions
        output.note("no such run" if asked else "no run yet")


def _query(status: str | None, workflow: str | None, limit: int) -> RunFilter:
    if status == "live":
        return RunFilter(live=True, workflow=workflow, limit=limit)
    if status is not None and status not in STATUSES:
        raise ConfigError(f"--status: {status!r} is none. There are: live, {', '.join(STATUSES)}")
    return RunFilter(status=status, workflow=workflow, limit=limit)


def list_views(store: Store, query: RunFilter) -> list[RunView]:
    """Return the runs that are asked for, newest first."""
    rows = store.find(query)
    loaded = store.load([row.id for row in rows])
    found = [loaded[row.id] for row in rows if row.id in loaded]
    labels = store.labels([each.row.id for each in found])
    return [
        view_of(each, decode(each.row.error) if each.row.error else None, labels) for each in found
    ]


def _row(view: RunView, now: float) -> tuple[Cell, ...]:
    took = documents.seconds_of(view)
    created = view.created_at.timestamp() if view.created_at else now
    return (
        view.id,
        Text(output.safe(view.name)),
        output.status(documents.status_of(view)),
        ago(created, now),
        duration(took) if took is not None else "",
        Text(output.safe(_where(view)).replace("\n", " "), style="dim"),
    )


def _where(view: RunView) -> str:
    if view.status == "failed":
        error = view.error or {}
        place = f"{error['step']}: " if error.get("step") else ""
        return f"{place}{error.get('kind', '')}"
    if view.ended_at is not None:
        return ""
    if view.in_line:
        return "waits in line"
    step = view.current_step or ""
    return f"{step}, waits for {view.awaits}" if view.awaits else step
