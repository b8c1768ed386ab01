"""`perdure limits`: how many runs of each workflow may live, and how many wait in line."""

from collections.abc import Iterator
from typing import Any

from cyclopts import App

from perdure.app.clock import SystemClock
from perdure.app.limits import Keep, LimitView, view_of
from perdure.cli import output
from perdure.cli.columns import print_columns
from perdure.cli.opening import Common, engine_of, reading
from perdure.cli.spans import iso
from perdure.errors import ConfigError, InvalidValueError
from perdure.wire.spans import duration

NONE = "none"
HEADER = ("WORKFLOW", "LIVE", "AT MOST", "IN LINE", "LONGEST WAIT", "OTHERS", "SAID BY")

app = App(name="limits", version_flags=[], help_epilogue="")


@app.default
def limits(*, json: bool = False, common: Common | None = None) -> None:
    """List the workflows that are limited: how many runs live, may live, and wait in line.

    Parameters
    ----------
    json
        Print one JSON document.
    """
    with reading(common or Common()) as store:
        found = [view_of(row) for row in store.limits.standing()]
    if json:
        output.document({"limits": [_document(limit) for limit in found]})
    elif found:
        now = SystemClock().now()
        rows = [[*_row(limit, now)] for limit in found]
        print_columns(output.console(), HEADER, rows, shrinks=(0,))
    else:
        output.note("no workflow is limited. One is by: @workflow(NAME, max_live=NUMBER)")


@app.command(name="set")
def set_limit(
    workflow: str,
    /,
    *,
    max_live: str | None = None,
    on_limit: str | None = None,
    json: bool = False,
    common: Common | None = None,
) -> None:
    """Limit a workflow from now on, whatever its class says. What is not named stays as it is.

    Parameters
    ----------
    workflow
        The workflow's name.
    max_live
        How many of its runs may live at a time; `none` is any number.
    on_limit
        What becomes of others: `wait` in line, or `refuse`.
    json
        Print one JSON document: the limit.
    """
    if max_live is None and on_limit is None:
        raise ConfigError("nothing to set. Give --max-live NUMBER, --on-limit wait|refuse, or both")
    wanted: dict[str, Any] = {"max_live": _number(max_live), "on_limit": on_limit or ...}
    with engine_of(common or Common(), worker=False, create=False) as engine:
        _tell(engine.limits.set(workflow, **wanted), json=json)


@app.command(name="reset")
def reset_limit(workflow: str, /, *, json: bool = False, common: Common | None = None) -> None:
    """Let a workflow have the limit again that its class declares, or none.

    Parameters
    ----------
    workflow
        The workflow's name.
    json
        Print one JSON document: the limit.
    """
    with engine_of(common or Common(), worker=False, create=False) as engine:
        _tell(engine.limits.reset(workflow), json=json)


def _tell(limit: LimitView, *, json: bool) -> None:
    if json:
        output.document({"limit": _document(limit)})
    elif limit.max_live is None:
        output.say(f"{limit.workflow}: any number of runs may live")
    else:
        others = "others wait in line" if limit.on_limit == "wait" else "others are refused"
        output.say(f"{limit.workflow}: at most {limit.max_live} runs live, {others}")


def _number(text: str | None) -> int | Keep | None:
    if text is None:
        return ...
    if text == NONE:
        return None
    if not text.isdecimal():
        raise InvalidValueError(f"{text!r} is neither a number nor {NONE!r}", "--max-live")
    return int(text)


def _row(limit: LimitView, now: float) -> Iterator[str]:
    since = limit.waiting_since
    yield output.safe(limit.workflow)
    yield str(limit.live)
    yield "-" if limit.max_live is None else str(limit.max_live)
    yield str(limit.in_line)
    yield duration(now - since.timestamp()) if since is not None else "-"
    yield "wait" if limit.on_limit == "wait" else "refused"
    yield "set" if limit.is_set else "class"


def _document(limit: LimitView) -> dict[str, Any]:
    since = limit.waiting_since
    return {
        "workflow": limit.workflow,
        "max_live": limit.max_live,
        "on_limit": limit.on_limit,
        "live": limit.live,
        "in_line": limit.in_line,
        "waiting_since": iso(since.timestamp()) if since is not None else None,
        "is_set": limit.is_set,
        "declared": limit.declared,
    }
