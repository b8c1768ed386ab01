"""`perdure settle`: say what came of a step of which nobody knows."""

from perdure.app.engine import Engine
from perdure.authoring.steps.outcomes import Answer, outcome
from perdure.cli import documents, output
from perdure.cli.opening import Common, engine_of, run_id, tell_if_alone
from perdure.errors import ConfigError
from perdure.wire.encoding import parse

CHANGED_NOTHING = 1
WHO = "the command line"


def settle(  # noqa: PLR0913 - a command's options
    run: str,
    step: str,
    /,
    *,
    done: str | None = None,
    not_done: bool = False,
    failed: str | None = None,
    then: str | None = None,
    complete: bool = False,
    why: str = "",
    json: bool = False,
    common: Common | None = None,
) -> int:
    """Say what came of a step that is run at most once, where nobody knows.

    Parameters
    ----------
    run
        The run's id, or `last`.
    step
        The step whose outcome is unknown.
    done
        It was done, with this JSON: names and values for the context; of a graph, its result.
    not_done
        It was not done and will not be: run it again, under the same key.
    failed
        It has failed, for this reason.
    then
        With --done: where the run goes on, if the step leads to more than one place.
    complete
        With --done: the run is complete.
    why
        A reason, for the run's history.
    json
        Print one JSON document: the run.
    """
    said = _said(done, failed, then, not_done=not_done, complete=complete)
    with engine_of(common or Common(), worker=False, create=False) as engine:
        name = run_id(engine.store, run)
        if engine.settle(name, step, said, by=WHO, why=why):
            _tell(engine, name, step, json=json)
            return 0
        output.error(f"step {step!r} of {name} has no unknown outcome; see: perdure show {name}")
        return CHANGED_NOTHING


def _said(
    done: str | None, failed: str | None, then: str | None, *, not_done: bool, complete: bool
) -> Answer:
    """Return what was said, once. Raises ConfigError."""
    if sum((done is not None, not_done, failed is not None)) != 1:
        raise ConfigError("say one of --done JSON, --not-done and --failed WHY")
    if done is None and (then is not None or complete):
        raise ConfigError("--then and --complete go with --done")
    if done is not None:
        return outcome.done(parse(done, "--done"), then=then, completes=complete)
    return outcome.not_done() if failed is None else outcome.failed(failed)


def _tell(engine: Engine, name: str, step: str, *, json: bool) -> None:
    view = engine.view(name)
    if json:
        output.document({"run": documents.summary_document(view)})
        return
    if view.ended_at is not None:
        output.say(f"{step!r} is settled; {name} is {view.status}")
        return
    output.say(f"{step!r} is settled; {name} goes on at {view.current_step}")
    tell_if_alone(engine, name)
