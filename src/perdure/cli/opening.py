"""From the options of a command to the store or engine that it works on.

Only `run`, `worker` and what creates schedules, definitions or templates make a store; every other
command names the path that is missing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from perdure.app.compose import open_store
from perdure.app.doctor import living
from perdure.app.engine import Engine
from perdure.cli import output
from perdure.config import Config, load_config
from perdure.errors import ConfigError, RunNotFoundError
from perdure.kernel.plan import PlanKind
from perdure.ports.rows import RunFilter
from perdure.ports.store import Store

LAST = "last"
"""What stands for the newest run in place of its id."""


@Parameter(name="*", group="Common")
@dataclass(frozen=True, slots=True)
class Common:
    """The options that every command has."""

    store: Annotated[
        Path | None,
        Parameter(help="The store's file; else PERDURE_STORE, perdure.toml, .perdure/perdure.db."),
    ] = None
    debug: Annotated[bool, Parameter(help="Show the traceback of an error.")] = False
    queues: Annotated[tuple[str, ...], Parameter(parse=False)] = ()

    def config(self) -> Config:
        """Return the settings with these options in place. Raises ConfigError."""
        return load_config(
            store=str(self.store) if self.store is not None else None,
            queues=",".join(self.queues) or None,
        )


@contextmanager
def reading(common: Common) -> Iterator[Store]:
    """Open a store to look into it, without taking part in its work. Raises StoreMissingError."""
    config = _on_disk(common)
    store = open_store(config.path, config, create=False)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def engine_of(common: Common, *, worker: bool, create: bool) -> Iterator[Engine]:
    """Open an engine; a `worker` executes what it hosts. Closing hands back what has not ended."""
    engine = Engine(worker=worker, create=create, config=_on_disk(common))
    try:
        yield engine
    finally:
        engine.close(timeout=1.0)


def is_alone(engine: Engine) -> bool:
    """Tell whether no other process works on the store, so that nothing goes on without a hint."""
    others = living(engine.store, engine.process.clock.now())
    return all(worker.id == engine.process.crew.incarnation for worker in others)


def go_on(engine: Engine, run: str) -> str:
    """Return the command that goes on with a run."""
    plan = engine.process.plans.get(engine.loaded(run).row.plan)
    return f"perdure resume {run}" + ("" if plan.kind is PlanKind.GRAPH else " --module MODULE")


def tell_if_alone(engine: Engine, run: str) -> None:
    """Say how a run goes on, where no process works on the store."""
    if is_alone(engine):
        output.note(f"No process works on this store now. Go on with: {go_on(engine, run)}")


def run_id(store: Store, run: str) -> str:
    """Return a run's id; `last` is the newest run. Raises RunNotFoundError."""
    if run != LAST:
        return run
    newest = store.find(RunFilter(limit=1))
    if not newest:
        raise RunNotFoundError(run, "This store has no run yet")
    return newest[0].id


def _on_disk(common: Common) -> Config:
    config = common.config()
    if config.path is None:
        raise ConfigError(
            "a store in memory ends with this command. Name a file: --store PATH, or PERDURE_STORE"
        )
    return config
