"""The rows of a wait, one for each way out of it, and what of a wait they come back as."""

from collections.abc import Iterator, Sequence

from perdure.kernel import history
from perdure.kernel.run import Waiting
from perdure.kernel.ways import Way
from perdure.ports.commit import WaitMade
from perdure.ports.rows import WaitRow

WAYS = ("signal", "event")
"""The kinds of the rows that are ways out of a wait, beside the one that may be for children."""

SIGNAL_ALONE = ("signal",)
"""The kinds of most waits."""


def rows_of(run: str, workflow: str, event: history.WaitBegun) -> Iterator[WaitMade]:
    """Yield the rows of a wait that begins."""
    for number, way in enumerate(event.ways):
        yield WaitMade(
            run, event.step, event.visit, way.kind, way.name, way.key, event.due, way.then,
            event.on_timeout, workflow, way.match or None, way.accepts or None, number,
        )  # fmt: skip


def kinds_of(event: history.WaitBegun) -> tuple[str, ...]:
    """Return the kinds of a wait's ways, each once."""
    return tuple(dict.fromkeys((event.kind, *(way.kind for way in event.also))))


def waiting_of(rows: Sequence[WaitRow]) -> Waiting:
    """Return the wait of these rows, in whatever order they come."""
    first, *others = sorted(rows, key=lambda row: row.way) if len(rows) > 1 else rows
    return Waiting(
        visit=first.visit,
        name=first.name,
        key=first.key,
        due=first.due,
        then=first.then,
        on_timeout=first.on_timeout,
        kind=first.kind,
        match=first.match or "",
        accepts=first.accepts or "",
        also=tuple(_way_of(row) for row in others),
    )


def _way_of(row: WaitRow) -> Way:
    return Way(
        name=row.name,
        key=row.key,
        then=row.then,
        kind=row.kind,
        match=row.match or "",
        accepts=row.accepts or "",
    )
