"""`perdure definitions`: workflows as data that the store keeps, made, changed and run by their ids."""

from pathlib import Path

from cyclopts import App
from rich.text import Text

from perdure.authoring.graphs.reading import read_file
from perdure.cli import output
from perdure.cli.columns import Cell, print_columns
from perdure.cli.hosting import host
from perdure.cli.inputs import read_inputs
from perdure.cli.interrupts import Interrupts
from perdure.cli.leaving import leave
from perdure.cli.opening import Common, engine_of
from perdure.cli.problems import tell_warnings
from perdure.cli.targets import import_code
from perdure.errors import Problem
from perdure.service import definitions
from perdure.service.beginning import begin
from perdure.wire.definitions import MOST_LISTED, ListRequest, Sort, Status, WorkflowInfo
from perdure.wire.encoding import decode

HEADER = ("ID", "NAME", "VERSION", "REVISION", "STATUS", "STEPS", "CHANGED")

app = App(name="definitions", version_flags=[], help_epilogue="")


@app.default
@app.command(name="list")
def list_definitions(
    *,
    status: Status | None = None,
    sort: Sort = "created_at",
    limit: int = 50,
    json: bool = False,
    common: Common | None = None,
) -> None:
    """List the workflows that are kept, the newest first.

    Parameters
    ----------
    status
        Only those whose latest run stands so: created (there is none), running, completed, failed,
        cancelled; or archived.
    sort
        created_at, name or status; with - before it the other way.
    limit
        So many.
    json
        Print one JSON document.
    """
    request = ListRequest(status=status, sort=sort, limit=min(max(limit, 1), MOST_LISTED))
    with engine_of(common or Common(), worker=False, create=False) as engine:
        page = definitions.find(engine, request)
    if json:
        output.document(decode(page.model_dump_json()))
    elif page.workflows:
        rows = [_row(info) for info in page.workflows]
        print_columns(output.console(), HEADER, rows, shrinks=(1,))
        if page.has_more:
            output.note(f"{page.total - len(rows)} more: --limit")
    else:
        output.note("no workflow is kept. Keep one by: perdure definitions create FILE")


@app.command
def create(
    file: str,
    /,
    *,
    module: tuple[str, ...] = (),
    key: str | None = None,
    json: bool = False,
    common: Common | None = None,
) -> None:
    """Keep a workflow, and print its id.

    Parameters
    ----------
    file
        A definition's file, JSON or YAML.
    module
        A module or file that declares functions which the definition's steps call.
    key
        An idempotency key: a second time under it nothing is made, and the first one's id printed.
    json
        Print one JSON document.
    """
    _import(module)
    with engine_of(common or Common(), worker=False, create=True) as engine:
        tell_made(definitions.create(engine, read_file(file), key=key), json=json)


@app.command
def show(
    workflow: str,
    /,
    *,
    revision: int | None = None,
    json: bool = False,
    common: Common | None = None,
) -> None:
    """Show what was written of a workflow, and its revisions.

    Parameters
    ----------
    workflow
        Its id.
    revision
        The number of an older revision.
    json
        Print one JSON document.
    """
    with engine_of(common or Common(), worker=False, create=False) as engine:
        info = definitions.get(engine, workflow, revision=revision)
        older = definitions.revisions(engine, workflow)
    if json:
        revisions = [decode(each.model_dump_json()) for each in older]
        output.document({**decode(info.model_dump_json()), "revisions": revisions})
        return
    print_columns(output.console(), HEADER, [_row(info)], shrinks=(1,))
    output.say(output.pretty(info.definition))
    for each in older[1:]:
        output.note(f"revision {each.revision}: version {each.version}, {each.created_at:%F %T}")


@app.command
def update(
    workflow: str,
    file: str,
    /,
    *,
    revision: int | None = None,
    module: tuple[str, ...] = (),
    json: bool = False,
    common: Common | None = None,
) -> None:
    """Give a workflow a new revision; runs go on by theirs.

    Parameters
    ----------
    workflow
        Its id.
    file
        The new definition's file.
    revision
        Only where this is the newest one.
    module
        A module or file that declares functions which the definition's steps call.
    json
        Print one JSON document.
    """
    _import(module)
    with engine_of(common or Common(), worker=False, create=False) as engine:
        tell_made(
            definitions.update(engine, workflow, read_file(file), revision=revision), json=json
        )


@app.command
def delete(workflow: str, /, *, cancel_running: bool = False, common: Common | None = None) -> None:
    """Delete a workflow; its runs are kept as long as others are.

    Parameters
    ----------
    workflow
        Its id.
    cancel_running
        Also where runs of it go on: they are cancelled.
    """
    with engine_of(common or Common(), worker=False, create=False) as engine:
        definitions.delete(engine, workflow, cancel_running=cancel_running)
    output.say(f"{workflow} is deleted")


@app.command
def run(  # noqa: PLR0913 - a command's options
    workflow: str,
    /,
    *,
    input: tuple[str, ...] = (),  # noqa: A002 - the option's name
    inputs: Path | None = None,
    module: tuple[str, ...] = (),
    key: str | None = None,
    stay: bool = False,
    json: bool = False,
    common: Common | None = None,
) -> int:
    """Run a workflow that is kept, and print what it came to; as `perdure run` does of a file.

    Parameters
    ----------
    workflow
        Its id.
    input
        An input, as NAME=TEXT or NAME:=JSON; given once for each.
    inputs
        A JSON file with inputs by name.
    module
        A module or file that declares functions which the definition's steps call.
    key
        An idempotency key: a second time under it that run is watched, and none begun.
    stay
        Stay until the run has ended, also while it waits for a signal or sleeps.
    json
        Print one JSON document at the end, and nothing before.
    """
    _import(module)
    given = read_inputs(input, inputs)
    with (
        Interrupts() as interrupts,
        engine_of(common or Common(), worker=False, create=False) as engine,
    ):
        begun, _ = begin(engine, workflow, given, key=key)
        stayed = host(engine, begun.id, interrupts, silent=json, stay=stay, is_new=True)
        return leave(engine.store, stayed, json=json, modules=module)


def tell_made(info: WorkflowInfo, *, json: bool) -> None:
    """Print a workflow that was made or changed: its id, and on standard error what to know."""
    if json:
        output.document(decode(info.model_dump_json()))
        return
    tell_warnings([Problem(p.path, p.message, p.suggestion, p.severity) for p in info.warnings])
    output.say(info.id)
    output.note(f"{info.name}, revision {info.revision}. Run it: perdure definitions run {info.id}")


def _row(info: WorkflowInfo) -> tuple[Cell, ...]:
    return (
        info.id,
        Text(output.safe(info.name)),
        Text(output.safe(info.version)),
        str(info.revision),
        output.status(info.status),
        str(info.step_count) if info.step_count is not None else "made at start",
        f"{info.updated_at.astimezone():%Y-%m-%d %H:%M:%S}",
    )


def _import(modules: tuple[str, ...]) -> None:
    for name in modules:
        import_code(name)
