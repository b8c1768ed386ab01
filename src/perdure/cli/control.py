"""`perdure pause` and `perdure cancel`: hold a run up, or end it."""

from perdure.app.engine import Engine
from perdure.cli import output
from perdure.cli.opening import Common, engine_of, go_on, is_alone, run_id

CHANGED_NOTHING = 1
WHO = "the command line"


def pause(run: str, /, *, why: str = "", common: Common | None = None) -> int:
    """Let a run's attempts end, and begin no more. `perdure resume RUN` lets it go on.

    Parameters
    ----------
    run
        The run's id, or `last`.
    why
        A reason, for its history.
    """
    with engine_of(common or Common(), worker=False, create=False) as engine:
        name = run_id(engine.store, run)
        before = engine.view(name)
        if engine.pause(name, by=WHO, why=why):
            output.say(f"{name} is paused")
            output.note(f"  go on:  perdure resume {name}")
            return 0
        stands = "paused" if before.paused and before.ended_at is None else before.status
        output.error(f"{name} is {stands} already")
        return CHANGED_NOTHING


def cancel(run: str, /, *, why: str = "", force: bool = False, common: Common | None = None) -> int:
    """End a run: waits and attempts are called off, then its hook runs if it has one.

    Parameters
    ----------
    run
        The run's id, or `last`.
    why
        A reason, for its history.
    force
        End it at once: no hook begins, and one that runs is stopped.
    """
    with engine_of(common or Common(), worker=False, create=False) as engine:
        name = run_id(engine.store, run)
        before = engine.view(name).status
        if not engine.cancel(name, by=WHO, why=why, force=force):
            output.error(f"{name} is {before} already")
            if before == "cancelling":
                output.note(f"  end it without its hook:  perdure cancel --force {name}")
            return CHANGED_NOTHING
        _tell_cancelled(engine, name)
        return 0


def _tell_cancelled(engine: Engine, name: str) -> None:
    if engine.view(name).status == "cancelled":
        output.say(f"{name} is cancelled")
        return
    output.say(f"{name} is being cancelled; its hook runs")
    if is_alone(engine):
        output.note(f"No process works on this store now. Go on with: {go_on(engine, name)}")
