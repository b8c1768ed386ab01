"""`perdure triggers`: which workflows events start, and which they are to start no more."""

from typing import Any

from rich.text import Text

from perdure.app.triggers import TriggerView
from perdure.cli import output
from perdure.cli.columns import print_columns
from perdure.cli.opening import Common, engine_of
from perdure.cli.spans import ago

HEADER = ("EVENT", "STARTS", "AT", "TO COME", "HOSTED")


def triggers(
    *, forget: str | None = None, json: bool = False, common: Common | None = None
) -> None:
    """List which workflows events start, and when; or have no event start one that is no more.

    Parameters
    ----------
    forget
        A workflow whose code is gone: its starts that are to come are called off, no more follow.
    json
        Print one JSON document.
    """
    with engine_of(common or Common(), worker=False, create=False) as engine:
        gone = engine.forget_triggers(forget) if forget is not None else 0
        found = engine.triggers()
        now = engine.process.clock.now()
    if json:
        called_off = {} if forget is None else {"forgot": forget, "called_off": gone}
        output.document({**called_off, "triggers": [_document(view) for view in found]})
    elif forget is not None:
        starts = "1 start is" if gone == 1 else f"{gone} starts are"
        output.say(f"no event starts {forget} any more; {starts} called off")
    elif found:
        rows = [
            (
                Text(output.safe(view.event)),
                Text(output.safe(view.workflow)),
                _shown(view.offset_minutes),
                str(view.to_come),
                ago(view.seen_at.timestamp(), now),
            )
            for view in found
        ]
        print_columns(output.console(), HEADER, rows, shrinks=(0, 1))
    else:
        output.note("no event starts anything. A class is started by one under: @event_workflow")


def _shown(minutes: float) -> str:
    if not minutes:
        return "its time"
    return f"{abs(minutes):g} min {'before' if minutes < 0 else 'after'} it"


def _document(view: TriggerView) -> dict[str, Any]:
    return {
        "event": view.event,
        "workflow": view.workflow,
        "offset_minutes": view.offset_minutes,
        "to_come": view.to_come,
        "seen_at": view.seen_at.isoformat(),
    }
