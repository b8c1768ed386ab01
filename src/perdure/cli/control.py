"""`perdure pause`, `cancel` and `retry`: hold runs up, end them, let failed ones go on."""

from perdure.app.engine import Engine
from perdure.cli import output
from perdure.cli.batches import WHO, check_target, tell_many
from perdure.cli.opening import Common, engine_of, run_id, tell_if_alone

CHANGED_NOTHING = 1


def pause(  # noqa: PLR0913 - options of the command
    run: str | None = None,
    /,
    *,
    where: tuple[str, ...] = (),
    children: bool = False,
    why: str = "",
    dry_run: bool = False,
    yes: bool = False,
    common: Common | None = None,
) -> int:
    """Let a run's attempts end, and begin no more. `perdure resume RUN` lets it go on.

    Parameters
    ----------
    run
        The run's id, or `last`.
    where
        In place of a run: all that go on for which this holds, such as tag=vip or workflow=order.
        Several must all hold.
    dry_run
        With --where: say how many there are, and do nothing.
    yes
        With --where: do not ask first.
    children
        Pause its live children, too, and theirs.
    why
        A reason, for its history.
    """
    check_target(run, where)
    with engine_of(common or Common(), worker=False, create=False) as engine:
        if run is None:
            return tell_many(engine.pause_many, "paused", where, why=why, dry_run=dry_run, yes=yes)
        name = run_id(engine.store, run)
        before = engine.view(name)
        if engine.pause(name, by=WHO, why=why, children=children):
            output.say(f"{name} is paused")
            output.note(f"  go on:  perdure resume {name}")
            return 0
        stands = "paused" if before.paused and before.ended_at is None else before.status
        output.error(f"{name} is {stands} already")
        return CHANGED_NOTHING


def cancel(  # noqa: PLR0913 - options of the command
    run: str | None = None,
    /,
    *,
    where: tuple[str, ...] = (),
    why: str = "",
    force: bool = False,
    dry_run: bool = False,
    yes: bool = False,
    common: Common | None = None,
) -> int:
    """End a run: waits and attempts are called off, then its hook runs if it has one.

    Parameters
    ----------
    run
        The run's id, or `last`.
    where
        In place of a run: all that go on for which this holds, such as tag=vip or workflow=order.
        Several must all hold.
    dry_run
        With --where: say how many there are, and do nothing.
    yes
        With --where: do not ask first.
    why
        A reason, for its history.
    force
        End it at once: no hook begins, and one that runs is stopped.
    """
    check_target(run, where)
    with engine_of(common or Common(), worker=False, create=False) as engine:
        if run is None:
            return tell_many(
                engine.cancel_many, "cancelled", where, why=why, dry_run=dry_run, yes=yes
            )
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
    tell_if_alone(engine, name)


def retry(
    run: str | None = None,
    /,
    *,
    where: tuple[str, ...] = (),
    why: str = "",
    dry_run: bool = False,
    yes: bool = False,
    common: Common | None = None,
) -> int:
    """Let a failed run go on at what failed. `perdure resume --retry RUN` works on it as well.

    Parameters
    ----------
    run
        The run's id, or `last`.
    where
        In place of a run: all failed ones for which this holds, such as tag=vip or workflow=order.
        Several must all hold.
    dry_run
        With --where: say how many there are, and do nothing.
    yes
        With --where: do not ask first.
    why
        A reason, for its history.
    """
    check_target(run, where)
    with engine_of(common or Common(), worker=False, create=False) as engine:
        if run is None:
            return tell_many(engine.retry_many, "retried", where, why=why, dry_run=dry_run, yes=yes)
        name = run_id(engine.store, run)
        if not engine.retry(name, by=WHO, why=why):
            output.error(f"{name} has not failed, it is {engine.view(name).status}")
            return CHANGED_NOTHING
        output.say(f"{name} goes on at {engine.view(name).current_step}")
        tell_if_alone(engine, name)
        return 0
