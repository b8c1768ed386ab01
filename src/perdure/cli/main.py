"""The commands by name, and what becomes of errors: one message, and an exit code.

0 is what was asked for, 1 a run that failed or a store that cannot work now, 2 something wrong in
what was given, 130 Ctrl-C. Commands are imported when they are used.
"""

import logging
import sys
from collections.abc import Sequence
from typing import Any

from cyclopts import App, CycloptsError, Group, Parameter

from perdure.cli import output
from perdure.errors import (
    EngineClosedError,
    InvalidDefinitionError,
    MissingExtraError,
    PerdureError,
    RunCancelledError,
    RunFailedError,
    StoreBusyError,
    StoreFullError,
    StoreLostError,
)

FAILED = 1
WRONG = 2
INTERRUPTED = 130

_NOT_ASKERS_FAULT = (
    RunFailedError,
    RunCancelledError,
    StoreBusyError,
    StoreFullError,
    StoreLostError,
    EngineClosedError,
)

_RUNS = Group("Runs", sort_key=1)
_WORKFLOWS = Group("Workflows", sort_key=2)
_HOSTING = Group("Hosting and care", sort_key=3)

_COMMANDS = (
    ("run", "perdure.cli.run:run", _RUNS, "Run a workflow and print what it came to."),
    ("resume", "perdure.cli.resume:resume", _RUNS, "Go on with a run where it was."),
    ("runs", "perdure.cli.runs:runs", _RUNS, "List runs, the newest first."),
    ("show", "perdure.cli.show:show", _RUNS, "Show a run: steps, times, results, errors."),
    ("signal", "perdure.cli.signals:signal", _RUNS, "Tell a signal to runs that wait for it."),
    ("emit", "perdure.cli.emit:emit", _RUNS, "Tell an event: workflows start by it, runs wake."),
    ("withdraw", "perdure.cli.emit:withdraw", _RUNS, "Call off an event that was announced."),
    ("events", "perdure.cli.events:events", _RUNS, "List announced events, and what they start."),
    (
        "triggers",
        "perdure.cli.triggers:triggers",
        _RUNS,
        "List what events start, and have them start it no more.",
    ),
    ("pause", "perdure.cli.control:pause", _RUNS, "Let a run's attempts end, and begin no more."),
    ("cancel", "perdure.cli.control:cancel", _RUNS, "End a run."),
    ("retry", "perdure.cli.control:retry", _RUNS, "Let failed runs go on at what failed."),
    ("rewind", "perdure.cli.rewinding:rewind", _RUNS, "Take a run back to an earlier visit."),
    ("fork", "perdure.cli.rewinding:fork", _RUNS, "Start a run where another one stood."),
    ("settle", "perdure.cli.settle:settle", _RUNS, "Say what came of a step that nobody knows."),
    ("schedules", "perdure.cli.schedules:app", _RUNS, "Have runs begin by themselves."),
    (
        "definitions",
        "perdure.cli.definitions:app",
        _WORKFLOWS,
        "Keep workflows as data, and run them by their ids.",
    ),
    (
        "templates",
        "perdure.cli.templates:app",
        _WORKFLOWS,
        "Keep templates, and make workflows of them.",
    ),
    ("validate", "perdure.cli.validate:validate", _WORKFLOWS, "Check a definition's file."),
    ("prove", "perdure.cli.prove:prove", _WORKFLOWS, "Crash a workflow in simulation, and judge."),
    ("graph", "perdure.cli.graph:graph", _WORKFLOWS, "Draw a workflow or a run."),
    (
        "analytics",
        "perdure.cli.figures:analytics",
        _WORKFLOWS,
        "Say how a workflow has done: times, successes, costs.",
    ),
    ("usage", "perdure.cli.figures:usage", _WORKFLOWS, "Say what runs have used, and their costs."),
    ("schema", "perdure.cli.schema:schema", _WORKFLOWS, "Print the JSON Schema of definitions."),
    (
        "functions",
        "perdure.cli.catalog:functions",
        _WORKFLOWS,
        "List the functions that steps can call.",
    ),
    ("models", "perdure.cli.catalog:models", _WORKFLOWS, "List the models that can be asked."),
    ("worker", "perdure.cli.worker:worker", _HOSTING, "Execute runs until told to stop."),
    ("queues", "perdure.cli.queues:app", _HOSTING, "List queues, and limit them."),
    ("budgets", "perdure.cli.budgets:app", _HOSTING, "Limit what is spent on models."),
    ("limits", "perdure.cli.limits:app", _HOSTING, "Limit how many runs of a workflow live."),
    ("keys", "perdure.cli.keys:app", _HOSTING, "List the keys of secrets, and rotate them."),
    ("forget", "perdure.cli.keys:forget", _HOSTING, "Destroy the key of a run's secrets."),
    ("prune", "perdure.cli.prune:prune", _HOSTING, "Forget runs that ended long ago."),
    (
        "prune-done",
        "perdure.cli.prune_done:prune_done",
        _HOSTING,
        "Delete what transactional steps recorded of runs long over.",
    ),
    ("upgrade", "perdure.cli.upgrade:upgrade", _HOSTING, "Say what a deploy does to live runs."),
    ("doctor", "perdure.cli.doctor:doctor", _HOSTING, "Say why a run does not advance."),
)

_EPILOGUE = """\
A run is written RUN: its id, or `last` for the newest. Everything that a run does is kept in a
store, one file; PERDURE_STORE or --store says which, else it is .perdure/perdure.db here."""

ALIKE: dict[str, Any] = {"version_flags": [], "help_epilogue": ""}
"""What all commands are, and those of their commands."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit code. Errors are told, never raised.

    Only a defect of perdure itself ends in a traceback, and any error with `--debug`.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    log = logging.getLogger("perdure")
    level = log.level
    log.setLevel(logging.INFO if "--debug" in words else logging.ERROR)
    try:
        with output.reserved():
            return _run(words)
    finally:
        log.setLevel(level)


def _run(words: list[str]) -> int:
    try:
        code = _app()(words, exit_on_error=False, print_error=False, result_action="return_value")
        output.stdout().flush()
    except CycloptsError as error:
        return _tell_usage(error)
    except PerdureError as error:
        if "--debug" in words:
            raise
        return _tell(error)
    except KeyboardInterrupt:
        output.note("interrupted")
        return INTERRUPTED
    except BrokenPipeError:  # who reads has seen enough
        output.give_up()
        return FAILED
    except OSError as error:
        if "--debug" in words:
            raise
        output.give_up()
        output.error(str(error))
        return FAILED
    return code if isinstance(code, int) else 0


def _app() -> App:
    app = App(
        name="perdure",
        help="Durable workflows: a crash is a pause.",
        help_epilogue=_EPILOGUE,
        help_format="plaintext",
        version=_version,
        version_flags=["--version"],
        default_parameter=Parameter(negative=(), show_default=False),
        suppress_keyboard_interrupt=False,
        console=output.console(),
        error_console=output.console(to_error=True),
    )
    app["--help"].group = app["--version"].group = _HOSTING
    for order, (name, path, group, text) in enumerate(_COMMANDS):
        alike = {} if path.endswith(":app") else ALIKE  # an App brings its own
        app.command(path, name=name, help=text, group=group, sort_key=order, **alike)
    return app


def _version() -> str:
    from importlib.metadata import version

    return f"perdure {version('perdure')}"


def _tell_usage(error: CycloptsError) -> int:
    error.verbose = False
    chain = " ".join(("perdure", *(error.command_chain or ())))
    output.error(f"{str(error).strip()}\nSee: {chain} --help")
    return WRONG


def _tell(error: PerdureError) -> int:
    """Print what is wrong, where, and what to do."""
    if isinstance(error, InvalidDefinitionError):
        from perdure.cli.problems import tell_problems

        tell_problems(error)
    else:
        output.error(str(error))
    for line in getattr(error, "__notes__", ()):
        output.note(line)
    if isinstance(error, _NOT_ASKERS_FAULT) and not isinstance(error, MissingExtraError):
        return FAILED
    return WRONG
