"""Executes a run here while it is watched, until it ends, rests, or somebody says stop."""

from dataclasses import dataclass
from enum import Enum

from perdure.app.engine import Engine
from perdure.cli.interrupts import Interrupts
from perdure.cli.watching import Watch, watch
from perdure.kernel.plan import PlanKind
from perdure.ports.commit import UNSETTLED
from perdure.ports.rows import Loaded

QUICK = 0.02
SLOW = 0.1
QUICK_FOR = 1.0
PATIENCE = 60.0
"""A sleep that is over within so many seconds is waited for."""


class Left(Enum):
    """How a run was when it was left."""

    ENDED = "ended"
    RESTING = "resting"
    PAUSED = "paused"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class Stay:
    """How a run was left, its rows then, and the exit code if a signal came."""

    left: Left
    loaded: Loaded
    exit_code: int = 0


def host(
    engine: Engine, run: str, interrupts: Interrupts, *, silent: bool, stay: bool, is_new: bool
) -> Stay:
    """Work on a run until it ends; or until it rests, unless told to `stay`.

    After a signal nothing more begins; what runs is handed back when the engine is closed.
    """
    watching = watch(engine.store, engine.loaded(run), silent=silent, is_new=is_new)
    if not engine.process.crew.slots.accepts:
        engine.work()  # not before: what happens from here on is told
    with watching:
        left = _follow(engine, run, watching, interrupts, stay=stay)
        if left is Left.INTERRUPTED:
            engine.process.crew.slots.accepts = False
    return Stay(left, engine.loaded(run), interrupts.exit_code if left is Left.INTERRUPTED else 0)


def _follow(
    engine: Engine, run: str, watching: Watch, interrupts: Interrupts, *, stay: bool
) -> Left:
    clock = engine.process.clock
    began = clock.monotonic()
    while True:
        tried = not engine.process.crew.slots.wants_announcing()
        loaded = engine.loaded(run)
        now = clock.now()
        watching.update(loaded, now)
        if loaded.row.ended_at is not None:
            return Left.ENDED
        if loaded.row.paused and not any(job.owner for job in loaded.jobs):
            return Left.PAUSED
        if not stay and is_resting(loaded, now, tried=tried):
            return Left.RESTING
        quick = clock.monotonic() - began < QUICK_FOR
        if interrupts.wait(QUICK if quick else SLOW):
            return Left.INTERRUPTED


def is_resting(loaded: Loaded, now: float, *, tried: bool = True) -> bool:
    """Tell whether a run waits for a signal, or to be settled, or sleeps for long.

    One that is stranded rests once it was `tried` by the code that is here.
    """
    if loaded.inbox or not (loaded.jobs or loaded.waits or loaded.timers):
        return False
    if any(job.mode != UNSETTLED and not (tried and job.stranded) for job in loaded.jobs):
        return False
    dues = [timer.due for timer in loaded.timers if timer.kind != "deadline"]
    waits = [wait for wait in loaded.waits if wait.kind in ("signal", "event")]
    dues += [wait.due for wait in waits if wait.due is not None]
    return all(due - now > PATIENCE for due in dues)


def can_host(engine: Engine, loaded: Loaded) -> bool:
    """Tell whether this process has the code of a run's workflow; a graph needs but functions."""
    plan = engine.process.plans.get(loaded.row.plan)
    if plan.kind is not PlanKind.GRAPH:
        flow = engine.registry.find(plan.workflow)
        return flow is not None and plan.version in (flow.plan.version, *flow.migrates)
    return all(engine.registry.has(step) for step in plan.steps)
