"""`perdure signal`: tell a signal to runs that wait for it."""

from perdure.app.signals import SignalAnswer
from perdure.cli import output
from perdure.cli.inputs import read_pairs
from perdure.cli.opening import Common, engine_of, go_on, is_alone, run_id
from perdure.errors import ConfigError

NOBODY = 1


def signal(
    name: str,
    /,
    *payload: str,
    run: str | None = None,
    key: str | None = None,
    workflow: str | None = None,
    json: bool = False,
    common: Common | None = None,
) -> int:
    """Tell a signal to every run that waits for it, or to one run.

    Sent to one run before its wait has come, it is kept for it. The exit code is 1 if nobody has it.

    Parameters
    ----------
    name
        The signal's name.
    payload
        What it brings, as NAME=TEXT or NAME:=JSON; it is merged into the run's context.
    run
        Tell this run alone; its id, or `last`.
    key
        Tell only waits with this correlation key.
    workflow
        Tell only runs of this workflow.
    json
        Print one JSON document.
    """
    if run is not None and workflow is not None:
        raise ConfigError("--run and --workflow exclude each other: a run has one workflow")
    values = read_pairs(payload, "payload")
    with engine_of(common or Common(), worker=False, create=False) as engine:
        to = run_id(engine.store, run) if run is not None else None
        answer = engine.signal(name, values, run_id=to, key=key, workflow=workflow)
        hint = go_on(engine, answer.woken[0]) if answer.woken and is_alone(engine) else ""
    if json:
        output.document(
            {
                "woken": list(answer.woken),
                "kept": list(answer.kept),
                "refused": dict(answer.refused),
            }
        )
    else:
        _tell(name, answer)
        if hint:
            output.note(f"No process works on this store now. Go on with: {hint}")
    return 0 if len(answer) else NOBODY


def _tell(name: str, answer: SignalAnswer) -> None:
    for run in answer.woken:
        output.say(f"woke {run}")
    for run in answer.kept:
        output.say(f"kept for {run}, whose wait has not come yet")
    for run, why in answer.refused:
        output.error(f"signal {name!r} did not reach {run}: {why}")
    if not (answer.woken or answer.kept or answer.refused):
        output.error(
            f"signal {name!r} reached no run: none waits for it. To have it kept until its wait "
            f"comes, address it: --run RUN"
        )
