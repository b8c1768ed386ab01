"""`perdure schedules`: what begins by itself, made, seen and changed from the command line."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter
from rich.text import Text

from perdure.app.clock import SystemClock
from perdure.app.schedules import ScheduleView, coming, row_of, view_of
from perdure.app.views import Run
from perdure.authoring.defaults import default_registry
from perdure.authoring.registry import Workflow
from perdure.authoring.schedules import CatchUp, Overlap
from perdure.cli import documents, output
from perdure.cli.columns import Cell, print_columns
from perdure.cli.inputs import read_inputs
from perdure.cli.opening import Common, engine_of, is_alone, reading
from perdure.cli.problems import counted
from perdure.cli.spans import interval
from perdure.cli.targets import import_code, is_definition, load_workflow
from perdure.errors import ConfigError, ScheduleNotFoundError, StoreMissingError

HEADER = ("SCHEDULE", "WORKFLOW", "WHEN", "NEXT", "LAST", "")

app = App(name="schedules", version_flags=[], help_epilogue="")


@app.default
@app.command(name="list")
def list_(*, json: bool = False, common: Common | None = None) -> None:
    """List schedules, by name.

    Parameters
    ----------
    json
        Print one JSON document.
    """
    with reading(common or Common()) as store:
        views = [view_of(row) for row in store.schedules()]
    if json:
        output.document({"schedules": [schedule_document(view) for view in views]})
    elif views:
        print_columns(output.console(), HEADER, map(_row, views), shrinks=(5, 1))
    else:
        output.note("no schedule yet")


@Parameter(name="*", group="When")
@dataclass(frozen=True, slots=True)
class When:
    """When a schedule comes, and what if that is not in time."""

    cron: Annotated[
        str | None, Parameter(help='An expression such as "0 9 * * mon-fri", or @daily.')
    ] = None
    timezone: Annotated[
        str, Parameter(help="The zone by whose clocks it comes, such as Europe/Berlin.")
    ] = "UTC"
    every: Annotated[
        str | None, Parameter(help="A span in place of an expression: 90s, 15 min, hour, 1d.")
    ] = None
    catch_up: Annotated[
        CatchUp, Parameter(help="What becomes of times that passed while no process was there.")
    ] = "latest"
    catch_up_limit: Annotated[int, Parameter(help="With `all`, at most so many.")] = 100
    overlap: Annotated[
        Overlap, Parameter(help="What becomes of a time at which the run before has not ended.")
    ] = "skip"

    def said(self) -> dict[str, Any]:
        """Return the fields of the schedule. Raises ConfigError."""
        every = None if self.every is None else interval(self.every, "--every")
        return {**asdict(self), "every": every}


@app.command
def create(  # noqa: PLR0913 - a command's options
    name: str,
    workflow: str,
    /,
    *,
    when: When | None = None,
    input: tuple[str, ...] = (),  # noqa: A002 - the option's name
    inputs: Path | None = None,
    module: tuple[str, ...] = (),
    paused: bool = False,
    json: bool = False,
    common: Common | None = None,
) -> None:
    """Make a schedule. Its runs begin where a worker, or any engine, is at work on the store.

    Parameters
    ----------
    name
        The schedule's name.
    workflow
        A definition's file (.json, .yaml), code (MODULE:CLASS or workflows.py:CLASS), or the name
        of a workflow that --module brings or the store knows.
    input
        An input of every run, as NAME=TEXT or NAME:=JSON; given once for each.
    inputs
        A JSON file with inputs by name.
    module
        A module (orders) or file (orders.py) that has the code of the workflow or its functions.
    paused
        Begin nothing until it is resumed.
    json
        Print one JSON document.
    """
    for each in module:
        import_code(each)
    said = {**(when or When()).said(), "inputs": read_inputs(input, inputs)}
    common = common or Common()
    found = _found(workflow, common)
    with engine_of(common, worker=False, create=True) as engine:
        view = engine.schedules.create(name, found, paused=paused, **said)
        alone = is_alone(engine)
    _tell(view, json=json)
    if alone and not json:
        code = " ".join(module) or workflow.rpartition(":")[0] or "MODULE"
        output.note(f"No process works on this store now. Start one: perdure worker {code}")


def _found(target: str, common: Common) -> Workflow | str:
    """Return the workflow that is named, or its name where that is known: here, or in the store."""
    if is_definition(target) or ":" in target or target.endswith(".py"):
        return load_workflow(target)[0]
    if default_registry().find(target) is not None:
        return target
    with suppress(StoreMissingError), reading(common) as store:
        if store.latest_plan(target) is not None:
            return target
    try:
        return load_workflow(target)[0]
    except ConfigError as error:
        error.add_note(
            f"Nor is {target!r} the name of a workflow that is known here. Name its code too: "
            "--module MODULE"
        )
        raise


@app.command
def pause(name: str, /, *, json: bool = False, common: Common | None = None) -> None:
    """Have no more runs begin; those that live go on.

    Parameters
    ----------
    name
        The schedule's name.
    json
        Print one JSON document.
    """
    with engine_of(common or Common(), worker=False, create=False) as engine:
        _tell(engine.schedules.pause(name), json=json)


@app.command
def resume(name: str, /, *, json: bool = False, common: Common | None = None) -> None:
    """Go on from now; what came while it was paused is not caught up.

    Parameters
    ----------
    name
        The schedule's name.
    json
        Print one JSON document.
    """
    with engine_of(common or Common(), worker=False, create=False) as engine:
        _tell(engine.schedules.resume(name), json=json)


@app.command
def delete(name: str, /, *, json: bool = False, common: Common | None = None) -> None:
    """Remove a schedule. Its runs stay.

    Parameters
    ----------
    name
        The schedule's name.
    json
        Print one JSON document.
    """
    with engine_of(common or Common(), worker=False, create=False) as engine:
        if not engine.schedules.delete(name):
            raise ScheduleNotFoundError(name)
    if json:
        output.document({"deleted": name})
    else:
        output.say(f"{name} is deleted")


@app.command
def run(
    name: str,
    /,
    *,
    module: tuple[str, ...] = (),
    json: bool = False,
    common: Common | None = None,
) -> None:
    """Begin a run of a schedule at once, beside its times.

    Parameters
    ----------
    name
        The schedule's name.
    module
        The module that has the workflow's code, for one whose `create_context` makes its first
        context.
    json
        Print one JSON document.
    """
    for each in module:
        import_code(each)
    with engine_of(common or Common(), worker=False, create=False) as engine:
        _tell_runs([engine.schedules.run_now(name)], json=json, alone=is_alone(engine))


@app.command
def backfill(
    name: str,
    start: str,
    end: str,
    /,
    *,
    module: tuple[str, ...] = (),
    json: bool = False,
    common: Common | None = None,
) -> None:
    """Begin a run for each time from START to END that has none, all at once.

    Parameters
    ----------
    name
        The schedule's name.
    start
        A date or time, such as 2026-11-01 or 2026-11-01T09:00+01:00; in the schedule's time zone
        unless it says one.
    end
        Likewise; both ends belong to it.
    module
        The module that has the workflow's code, for one whose `create_context` makes its first
        context.
    json
        Print one JSON document.
    """
    for each in module:
        import_code(each)
    with engine_of(common or Common(), worker=False, create=False) as engine:
        zone = engine.schedules.get(name).schedule.zone
        first, last = (_moment(text, zone) for text in (start, end))
        runs = engine.schedules.backfill(name, first, last)
        _tell_runs(runs, json=json, alone=is_alone(engine))


@app.command(name="next")
def next_(
    name: str, /, *, count: int = 5, json: bool = False, common: Common | None = None
) -> None:
    """Tell the times that come next, by the clocks of the schedule's zone.

    Parameters
    ----------
    name
        The schedule's name.
    count
        So many.
    json
        Print one JSON document.
    """
    with reading(common or Common()) as store:
        times = coming(row_of(store, name), SystemClock().now(), count)
    if json:
        output.document({"schedule": name, "times": [time.isoformat() for time in times]})
        return
    for time in times:
        output.say(time.strftime("%a %Y-%m-%d %H:%M:%S %z"))


def schedule_document(view: ScheduleView) -> dict[str, Any]:
    """Return all of a schedule. Times are ISO 8601 by the clocks of its zone, spans in seconds."""
    said = view.schedule
    return {
        "name": view.name,
        "workflow": view.workflow,
        "cron": said.cron,
        "timezone": said.timezone,
        "every": said.every,
        "inputs": dict(said.inputs),
        "catch_up": said.catch_up,
        "catch_up_limit": said.catch_up_limit,
        "overlap": said.overlap,
        "declared": view.declared,
        "paused": view.paused,
        "next_at": _iso(view.next_at),
        "last_at": _iso(view.last_at),
        "last_run": view.last_run,
        "skipped": view.skipped,
        "error": view.error,
    }


def _iso(time: datetime | None) -> str | None:
    return None if time is None else time.isoformat()


def _row(view: ScheduleView) -> tuple[Cell, ...]:
    return (
        Text(output.safe(view.name)),
        Text(output.safe(view.workflow)),
        output.safe(view.schedule.shown),
        output.status("paused") if view.paused else _short(view.next_at),
        _short(view.last_at),
        Text(output.safe(_remark(view)), style="dim"),
    )


def _short(time: datetime | None) -> str:
    return "" if time is None else time.strftime("%Y-%m-%d %H:%M:%S")


def _remark(view: ScheduleView) -> str:
    if view.error is not None:
        return f"could not begin: {view.error}".replace("\n", " ")
    return f"{view.skipped} skipped" if view.skipped else ""


def _tell(view: ScheduleView, *, json: bool) -> None:
    if json:
        output.document(schedule_document(view))
    elif view.paused:
        output.say(f"{view.name} is paused")
    else:
        output.say(f"{view.name} comes next at {_short(view.next_at)} ({view.schedule.shown})")


def _tell_runs(runs: Sequence[Run], *, json: bool, alone: bool) -> None:
    if json:
        output.document({"runs": [documents.summary_document(run.view) for run in runs]})
        return
    for begun in runs:
        output.say(begun.id)
    output.note(counted(len(runs), "run"))
    if alone and runs:
        output.note("No process works on this store now. Start one: perdure worker MODULE")


def _moment(text: str, zone: Any) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        hint = "Write 2026-11-01, or 2026-11-01T09:00+01:00"
        raise ConfigError(f"{text!r} is no date or time. {hint}") from error
    return found if found.tzinfo is not None else found.replace(tzinfo=zone)
