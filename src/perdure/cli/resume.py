"""`perdure resume`: go on with a run where it was."""

from perdure.app.engine import Engine
from perdure.authoring.functions import load_packs
from perdure.cli.batches import check_target, tell_many
from perdure.cli.hosting import can_host, host
from perdure.cli.interrupts import Interrupts
from perdure.cli.leaving import leave
from perdure.cli.opening import Common, engine_of, run_id
from perdure.cli.targets import import_code
from perdure.errors import ConfigError
from perdure.ports.rows import Loaded

WHO = "perdure resume"


def resume(  # noqa: PLR0913 - options of the command
    run: str | None = None,
    /,
    *,
    where: tuple[str, ...] = (),
    dry_run: bool = False,
    yes: bool = False,
    module: tuple[str, ...] = (),
    retry: bool = False,
    stay: bool = False,
    json: bool = False,
    common: Common | None = None,
) -> int:
    """Go on with a run where it was, and watch it until it ends or rests.

    A paused run is let go. Runs of definitions need nothing else; for a run of code name its
    module.

    Parameters
    ----------
    run
        The run's id, or `last`.
    where
        In place of a run: let all paused ones go on for which this holds, such as tag=vip, and work
        on none. Several must all hold.
    dry_run
        With --where: say how many there are, and do nothing.
    yes
        With --where: do not ask first.
    module
        The module (orders) or file (orders.py) that has the code of the workflow or its functions.
    retry
        Let a run that has failed go on at what failed.
    stay
        Stay until the run has ended, also while it waits for a signal or sleeps.
    json
        Print one JSON document at the end, and nothing before.
    """
    common = common or Common()
    check_target(run, where)
    if run is None:
        return _let_many_go(common, where, dry_run=dry_run, yes=yes)
    for name in module:
        import_code(name)
    load_packs()
    # It works only once the run is watched, which might have ended before otherwise.
    with Interrupts() as interrupts, engine_of(common, worker=False, create=False) as engine:
        run = _let_go(engine, engine.loaded(run_id(engine.store, run)), retry=retry)
        stayed = host(engine, run, interrupts, silent=json, stay=stay, is_new=False)
        return leave(engine.store, stayed, json=json, modules=module)


def _let_many_go(common: Common, where: tuple[str, ...], *, dry_run: bool, yes: bool) -> int:
    with engine_of(common, worker=False, create=False) as engine:
        many = engine.resume_many
        return tell_many(many, "resumed", where, why="", dry_run=dry_run, yes=yes)


def _let_go(engine: Engine, loaded: Loaded, *, retry: bool) -> str:
    """Let a run go on that was paused, or that has failed; return its id.

    Raises ConfigError if it cannot go on.
    """
    row = loaded.row
    if retry and row.status != "failed":
        raise ConfigError(f"run {row.id} has not failed, it is {row.status}: leave out --retry")
    if row.ended_at is not None and not retry:
        return row.id  # there is nothing to do but to tell what it came to
    if not can_host(engine, loaded):
        raise ConfigError(
            f"run {row.id} is of workflow {row.workflow!r}, whose code is not here. Name its "
            f"module: perdure resume {row.id} --module MODULE"
        )
    if retry:
        engine.retry(row.id, by=WHO)
    if row.paused:
        engine.resume(row.id, by=WHO)
    return row.id
