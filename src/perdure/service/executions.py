"""Executions of workflows: begun, looked at, and steered. An execution is a run.

Its id is the run's with another prefix: `exec_X` is run `run_X`, and either is taken.
"""

from collections.abc import Mapping
from typing import Any

from perdure.app.engine import Engine
from perdure.app.signals import SignalAnswer
from perdure.app.views import Run
from perdure.errors import InvalidValueError, RunNotFoundError
from perdure.ports.definitions import DEFINITION
from perdure.ports.rows import RunFilter, WantedLabel
from perdure.service import definitions, standing
from perdure.service.beginning import Asked, begin
from perdure.service.standing import execution_id, run_id
from perdure.wire.definitions import MOST_LISTED
from perdure.wire.executions import ExecutionInfo, ExecutionList
from perdure.wire.problems import ExecutionNotFoundError, NotPossibleError

ENDED = ("completed", "failed", "cancelled")


def execute(
    engine: Engine,
    definition: str,
    inputs: Mapping[str, Any] | None = None,
    asked: Asked | None = None,
    *,
    key: str | None = None,
) -> ExecutionInfo:
    """Begin an execution, durably, and return it as it was begun; a second one under a `key` is the first.

    Raises WorkflowNotFoundError, InvalidValueError for wrong inputs, InvalidInputError for those
    that the first steps cannot use.
    """
    run, flow = begin(engine, definition, inputs, asked, key=key)
    return standing.of_view(run.view, first=standing.first_steps(flow.plan))


def run_of(engine: Engine, execution: str, definition: str | None = None) -> Run:
    """Return the run behind an execution. Raises ExecutionNotFoundError."""
    try:
        run = engine.run(run_id(execution))
    except RunNotFoundError:
        raise ExecutionNotFoundError(execution, definition) from None
    if definition is not None and run.view.attributes.get(DEFINITION) != definition:
        raise ExecutionNotFoundError(execution, definition)
    return run


def get(engine: Engine, execution: str, *, definition: str | None = None) -> ExecutionInfo:
    """Return how an execution stands, with its steps. Raises ExecutionNotFoundError."""
    return standing.of_run(engine.store, run_of(engine, execution, definition).id)


def find(
    engine: Engine, definition: str, *, status: str | None = None, limit: int = 50, offset: int = 0
) -> ExecutionList:
    """Return a page of a workflow's executions, the newest first.

    `status` is running (all that go on), completed, failed or cancelled. Raises
    WorkflowNotFoundError, InvalidValueError.
    """
    definitions.row_of(engine, definition)
    if status not in (None, "running", *ENDED):
        raise InvalidValueError(f"{status!r} is none of: running, {', '.join(ENDED)}", "status")
    if not (1 <= limit <= MOST_LISTED and offset >= 0):
        raise InvalidValueError(f"from 1 to {MOST_LISTED}, from 0 on", "limit, offset")
    query = RunFilter(
        labels=(WantedLabel(DEFINITION, definition),),
        live=status == "running",
        status=status if status in ENDED else None,
        limit=limit,
        offset=offset,
    )
    views = engine.runs(query)
    total = engine.store.definitions.runs(definition, "live" if status == "running" else status)
    return ExecutionList(
        executions=tuple(standing.of_view(view) for view in views),
        total=total,
        limit=limit,
        offset=offset,
        has_more=offset + len(views) < total,
    )


# -- steering --------------------------------------------------------------------------------
def cancel(engine: Engine, execution: str, *, why: str = "", force: bool = False) -> ExecutionInfo:
    """End an execution; one that has ended stays as it is. Raises ExecutionNotFoundError."""
    run = run_of(engine, execution)
    engine.cancel(run.id, why=why, force=force)
    return standing.of_run(engine.store, run.id)


def pause(engine: Engine, execution: str, *, why: str = "") -> ExecutionInfo:
    """Begin no more steps of an execution. Raises ExecutionNotFoundError, NotPossibleError."""
    run = run_of(engine, execution)
    _needs(engine.pause(run.id, why=why), run, "paused")
    return standing.of_run(engine.store, run.id)


def resume(engine: Engine, execution: str, *, why: str = "") -> ExecutionInfo:
    """Let a paused execution go on. Raises ExecutionNotFoundError, NotPossibleError."""
    run = run_of(engine, execution)
    _needs(engine.resume(run.id, why=why), run, "resumed")
    return standing.of_run(engine.store, run.id)


def retry(engine: Engine, execution: str, *, why: str = "") -> ExecutionInfo:
    """Let a failed execution go on at what failed. Raises as `pause` does."""
    run = run_of(engine, execution)
    _needs(engine.retry(run.id, why=why), run, "retried")
    return standing.of_run(engine.store, run.id)


def signal(
    engine: Engine,
    execution: str,
    name: str,
    payload: Mapping[str, Any] | None = None,
    *,
    key: str | None = None,
) -> SignalAnswer:
    """Tell an execution a signal. Raises ExecutionNotFoundError, and NotPossibleError after its end."""
    run = run_of(engine, execution)
    _needs(run.view.ended_at is None, run, "told a signal")
    return engine.signal(name, payload, run_id=run.id, idempotency_key=key)


def rewind(
    engine: Engine, execution: str, step: str, *, inputs: Mapping[str, Any] | None = None
) -> ExecutionInfo:
    """Take an execution back to before a step: that one and all that depends on it come again.

    `inputs` are put over those that it has. Raises ExecutionNotFoundError, CannotRewindError.
    """
    run = run_of(engine, execution)
    engine.rewind(run.id, step, context=inputs)
    return standing.of_run(engine.store, run.id)


def fork(
    engine: Engine, execution: str, step: str, *, inputs: Mapping[str, Any] | None = None
) -> ExecutionInfo:
    """Begin a new execution where this one stood before a step; this one is left alone.

    Raises ExecutionNotFoundError, CannotRewindError.
    """
    run = run_of(engine, execution)
    made = engine.fork(run.id, step, context=inputs)
    return standing.of_run(engine.store, made.id)


def _needs(changed: bool, run: Run, what: str) -> None:
    if not changed:
        view = run.refresh().view
        status = "paused" if view.paused else view.status
        raise NotPossibleError(
            f"execution {execution_id(run.id)} is {status}, and cannot be {what}"
        )
