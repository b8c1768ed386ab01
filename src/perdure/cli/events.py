"""`perdure events`: list the events that are announced, and what is to start by them."""

from typing import Annotated

from cyclopts import Parameter, validators
from rich.text import Text

from perdure.app.emitting import EventView
from perdure.cli import output
from perdure.cli.columns import Cell, print_columns
from perdure.cli.documents import announced_document
from perdure.cli.opening import Common, engine_of

_LIMIT = Parameter(validator=validators.Number(gte=1, lte=10_000), show_default=True)
HEADER = ("EVENT", "ENTITY", "AT", "STARTS", "WHEN")


def events(
    name: str | None = None,
    /,
    *,
    limit: Annotated[int, _LIMIT] = 20,
    json: bool = False,
    common: Common | None = None,
) -> None:
    """List events that are announced, those of the latest time first, and what they are to start.

    Parameters
    ----------
    name
        Only events of this name.
    limit
        At most so many.
    json
        Print one JSON document.
    """
    with engine_of(common or Common(), worker=False, create=False) as engine:
        views = engine.events(name, limit=limit)
    if json:
        output.document({"events": [announced_document(view) for view in views]})
    elif views:
        rows = [row for view in views for row in _rows(view)]
        print_columns(output.console(), HEADER, rows, shrinks=(1, 0, 3))
    else:
        output.note("no such event is known" if name else "no event is announced")


def _rows(view: EventView) -> list[tuple[Cell, ...]]:
    """Return a row for each start that is to come, or one for an event without any."""
    entity = f"{view.entity_type}:{view.entity_id}" if view.entity_type else view.entity_id
    about = " ".join(str(part) for part in (entity, view.key) if part is not None)
    first = (Text(output.safe(view.name)), Text(output.safe(about)), _shown(view.at))
    starts = [(Text(output.safe(each.workflow)), _shown(each.at)) for each in view.scheduled]
    rest: list[tuple[Cell, ...]] = [("", "", "", *start) for start in starts[1:]]
    return [(*first, *(starts[0] if starts else ("", ""))), *rest]


def _shown(moment: object) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
