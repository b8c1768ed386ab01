"""`perdure rewind` and `perdure fork`: go back to an earlier visit, or begin another run there."""

from collections.abc import Mapping
from typing import Any

from perdure.app.rewinding import place_of
from perdure.app.views import Run
from perdure.cli import documents, output
from perdure.cli.batches import WHO
from perdure.cli.inputs import read_pairs
from perdure.cli.opening import Common, engine_of, run_id, tell_if_alone


def rewind(  # noqa: PLR0913 - where to, with what, and who says so
    run: str,
    step: str,
    /,
    *,
    set: tuple[str, ...] = (),  # noqa: A002 - the option's name
    keep_keys: bool = False,
    why: str = "",
    json: bool = False,
    common: Common | None = None,
) -> None:
    """Take a run, ended or not, back to before a visit of a step, and let it go on from there.

    Parameters
    ----------
    run
        The run's id, or `last`.
    step
        The step, or STEP#VISIT for another visit than its last one: `perdure show RUN` lists them.
    set
        What is changed in the context (of a graph, the inputs) as it was then: key=text or
        key:=JSON. May be given several times.
    keep_keys
        Let the steps come again under the idempotency keys that they had: what a service did under
        them, it will not do again.
    why
        A reason, for its history.
    json
        Print one JSON document: the run.
    """
    changes = read_pairs(set, "--set")
    name, visit = place_of(step)
    with engine_of(common or Common(), worker=False, create=False) as engine:
        id_ = run_id(engine.store, run)
        found = engine.rewind(
            id_, name, visit=visit, context=changes, keep_keys=keep_keys, by=WHO, why=why
        )
        if json:
            _document(found)
            return
        kept = "; its steps keep their keys" if keep_keys else ""
        output.say(
            f"{id_} goes on from {step}, with its context as it was then{_with(changes)}{kept}"
        )
        tell_if_alone(engine, id_)


def fork(
    run: str,
    step: str,
    /,
    *,
    set: tuple[str, ...] = (),  # noqa: A002 - the option's name
    why: str = "",
    json: bool = False,
    common: Common | None = None,
) -> None:
    """Start a new run where another one stood before a visit of a step, and leave that one alone.

    Parameters
    ----------
    run
        The other run's id, or `last`.
    step
        The step, or STEP#VISIT for another visit than its last one.
    set
        What is changed in the context (of a graph, the inputs) as it was then: key=text or
        key:=JSON. May be given several times.
    why
        A reason, for the new run's history.
    json
        Print one JSON document: the new run.
    """
    changes = read_pairs(set, "--set")
    name, visit = place_of(step)
    with engine_of(common or Common(), worker=False, create=False) as engine:
        id_ = run_id(engine.store, run)
        made = engine.fork(id_, name, visit=visit, context=changes, by=WHO, why=why)
        if json:
            _document(made)
            return
        output.say(f"{made.id} begins at {step}, as {id_} stood there{_with(changes)}")
        tell_if_alone(engine, made.id)


def _document(run: Run) -> None:
    output.document({"run": documents.summary_document(run.view)})


def _with(changes: Mapping[str, Any]) -> str:
    return f" and {', '.join(changes)} changed" if changes else ""
