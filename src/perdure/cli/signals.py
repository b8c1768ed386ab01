"""`perdure signal`: tell a signal to runs that wait for it."""

from typing import Any

from perdure.app.signals import SignalAnswer
from perdure.cli import output
from perdure.cli.inputs import read_pairs
from perdure.cli.opening import Common, engine_of, go_on, is_alone, run_id
from perdure.errors import ConfigError

NOBODY = 1


def signal(  # noqa: PLR0913 - each is an option of the command
    name: str,
    /,
    *payload: str,
    run: str | None = None,
    key: str | None = None,
    workflow: str | None = None,
    match: tuple[str, ...] = (),
    idempotency_key: str | None = None,
    json: bool = False,
    common: Common | None = None,
) -> int:
    """Tell a signal to every run that waits for it, or to one run.

    One that comes before its wait, to a run or with a key, is kept. Exit code 1: nobody has it.

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
    match
        Tell only runs whose context has this value: NAME=TEXT or NAME:=JSON; may be repeated.
    idempotency_key
        Tell it once: a second signal with this key is not sent.
    json
        Print one JSON document.
    """
    if run is not None and workflow is not None:
        raise ConfigError("--run and --workflow exclude each other: a run has one workflow")
    values, wanted = read_pairs(payload, "payload"), read_pairs(match, "match")
    with engine_of(common or Common(), worker=False, create=False) as engine:
        to = run_id(engine.store, run) if run is not None else None
        answer = engine.signal(
            name, values, run_id=to, key=key, workflow=workflow,
            match=wanted or None, idempotency_key=idempotency_key,
        )  # fmt: skip
        hint = go_on(engine, answer.woken[0]) if answer.woken and is_alone(engine) else ""
    if json:
        output.document(_document(answer))
    else:
        _tell(name, answer, hint)
    return 0 if len(answer) or answer.mailed or answer.repeated else NOBODY


def _document(answer: SignalAnswer) -> dict[str, Any]:
    return {
        "woken": list(answer.woken),
        "kept": list(answer.kept),
        "refused": dict(answer.refused),
        "mailed": answer.mailed,
        "repeated": answer.repeated,
    }


def _tell(name: str, answer: SignalAnswer, hint: str) -> None:
    for run in answer.woken:
        output.say(f"woke {run}")
    for run in answer.kept:
        output.say(f"kept for {run}, whose wait has not come yet")
    for run, why in answer.refused:
        output.error(f"signal {name!r} did not reach {run}: {why}")
    if answer.repeated:
        output.say(
            f"signal {name!r} was sent before with this idempotency key; nothing was sent now"
        )
    elif answer.mailed:
        output.say("kept in the mailbox: nobody waits with this key yet")
    elif not (answer.woken or answer.kept or answer.refused):
        output.error(
            f"signal {name!r} reached no run: none waits for it. To have it kept until its wait "
            f"comes, address it: --run RUN"
        )
    if hint:
        output.note(f"No process works on this store now. Go on with: {hint}")
