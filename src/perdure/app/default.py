"""The engine that a script shares: opened at first use, and closed when the script ends.

A script that ends goes on until nothing is ready, for a few seconds at most; after an exception
or Ctrl-C it does not. What is left stays durable, and is told with the command that goes on.
"""

import os
import sys
import threading
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol

from perdure.app.batches import Batch
from perdure.app.budgets import Budgets
from perdure.app.emitting import EventAnswer, EventView, untold
from perdure.app.engine import Engine, inert
from perdure.app.importing import is_importing
from perdure.app.labels import Where
from perdure.app.limits import Limits
from perdure.app.opened import at_exit
from perdure.app.pruning import Pruned
from perdure.app.queues import Queues
from perdure.app.schedules import Schedules
from perdure.app.sealing import Secrets
from perdure.app.signals import SignalAnswer
from perdure.app.telling import unsent
from perdure.app.transactions import Block
from perdure.app.triggers import TriggerView
from perdure.app.views import Run, RunView
from perdure.authoring.steps.outcomes import Answer
from perdure.errors import ConfigError, InsideImportError, StoreLostError
from perdure.ports.rows import RunFilter, RunRow

POLL = 0.02
LAST_SECONDS = 1.0  # for threads to end that have nothing to do any more
AT_ONCE_SECONDS = 0.2
MOST_TOLD = 1000
RELOADERS = ("RUN_MAIN", "WERKZEUG_RUN_MAIN")  # Django's and Flask's: set where they run the code


class Opener(Protocol):
    """How the shared engine is to run steps: it opens one that does so."""

    def open_engine(self) -> Engine:
        """Return a new engine."""


class DefaultEngine:
    """`from perdure import engine`: an `Engine` over the configured store, opened when needed."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._engine: Engine | None = None
        self._opener: Opener | None = None
        self._at_exit = False
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._forget)

    def get(self) -> Engine:
        """Return the engine, opened if need be. A forked child gets one of its own."""
        with self._lock:
            if self._engine is None:
                self._engine = self._opener.open_engine() if self._opener else Engine()
                if not self._at_exit:
                    self._at_exit = True
                    at_exit(self._end)
            return self._engine

    def set_executor(self, executor: Opener | None) -> Opener | None:
        """Run steps in another way from now on: `SynchronousExecutor()` of `perdure.testing`.

        The engine is closed, and its next use opens one that runs steps so; where its store is in
        memory, it is a new and empty one. None goes back to threads. Returns what was set before.
        Raises ConfigError.
        """
        if executor is not None and not hasattr(executor, "open_engine"):
            raise ConfigError(
                f"set_executor takes SynchronousExecutor() of perdure.testing, or None for threads "
                f"again; not {executor!r}"
            )
        self.close()
        before, self._opener = self._opener, executor
        return before

    def start(
        self, workflow: Any, /, *, inputs: Mapping[str, Any] | None = None, **given: Any
    ) -> Run:
        """Start a run: see `Engine.start`."""
        if is_importing():
            return inert(workflow)  # and no store is made
        return self.get().start(workflow, inputs=inputs, **given)

    def start_many(self, workflow: Any, inputs: Iterable[Mapping[str, Any]]) -> list[Run]:
        """Start several runs: see `Engine.start_many`."""
        if is_importing():
            return [inert(workflow) for _ in inputs]
        return self.get().start_many(workflow, inputs)

    def signal(
        self, name: str, payload: Mapping[str, Any] | None = None, **to: Any
    ) -> SignalAnswer:
        """Signal runs: see `Engine.signal`."""
        if is_importing():
            return unsent(name)
        return self.get().signal(name, payload, **to)

    def signal_with_start(
        self,
        workflow: Any,
        name: str,
        payload: Mapping[str, Any] | None = None,
        /,
        **given: Any,
    ) -> SignalAnswer:
        """Signal a run, and start it if there is none: see `Engine.signal_with_start`."""
        if is_importing():
            return unsent(name)
        return self.get().signal_with_start(workflow, name, payload, **given)

    def emit(self, name: str, *of: Any, **more: Any) -> EventAnswer:
        """Tell an event: see `Engine.emit`."""
        if is_importing():
            return untold(name)
        return self.get().emit(name, *of, **more)

    emit_event = emit

    def withdraw(self, name: str, *of: Any, **more: Any) -> bool:
        """Call off an event: see `Engine.withdraw`."""
        return self.get().withdraw(name, *of, **more)

    cancel_event = withdraw

    def events(self, *wanted: Any, **more: Any) -> list[EventView]:
        """Return events: see `Engine.events`."""
        return self.get().events(*wanted, **more)

    def triggers(self) -> list[TriggerView]:
        """Return which workflows events start: see `Engine.triggers`."""
        return self.get().triggers()

    def forget_triggers(self, workflow: str) -> int:
        """Have no event start a workflow that is no more: see `Engine.forget_triggers`."""
        return self.get().forget_triggers(workflow)

    @property
    def queues(self) -> Queues:
        """The store's queues and their limits: see `Engine.queues`."""
        return self.get().queues

    @property
    def limits(self) -> Limits:
        """How many runs of a workflow may live: see `Engine.limits`."""
        return self.get().limits

    @property
    def secrets(self) -> Secrets:
        """The secrets of runs, and their keys: see `Engine.secrets`."""
        return self.get().secrets

    @property
    def budgets(self) -> Budgets:
        """What may be spent on models: see `Engine.budgets`."""
        return self.get().budgets

    def transaction(self) -> AbstractContextManager[Block]:
        """Give a block of starts and signals: see `Engine.transaction`."""
        return self.get().transaction()

    def cancel(self, run_id: str, *, force: bool = False, **who: str) -> bool:
        """End a run on request: see `Engine.cancel`."""
        return self.get().cancel(run_id, force=force, **who)

    def cancel_many(self, where: Where, **how: Any) -> Batch:
        """Cancel all live runs for which this holds: see `Engine.retry_many`."""
        return self.get().cancel_many(where, **how)

    def pause_many(self, where: Where, **how: Any) -> Batch:
        """Pause all live runs for which this holds: see `Engine.retry_many`."""
        return self.get().pause_many(where, **how)

    def resume_many(self, where: Where, **how: Any) -> Batch:
        """Let all paused runs go on for which this holds: see `Engine.retry_many`."""
        return self.get().resume_many(where, **how)

    def retry_many(self, where: Where, **how: Any) -> Batch:
        """Let all failed runs go on for which this holds: see `Engine.retry_many`."""
        return self.get().retry_many(where, **how)

    def rewind(self, run_id: str, step: str, **how: Any) -> Run:
        """Take a run back to before a visit of a step: see `Engine.rewind`."""
        return self.get().rewind(run_id, step, **how)

    def fork(self, run_id: str, step: str, **how: Any) -> Run:
        """Start a run where another one stood: see `Engine.fork`."""
        return self.get().fork(run_id, step, **how)

    def pause(self, run_id: str, *, children: bool = False, **who: str) -> bool:
        """Pause a run: see `Engine.pause`."""
        return self.get().pause(run_id, children=children, **who)

    def resume(self, run_id: str, *, children: bool = False, **who: str) -> bool:
        """Let a paused run go on: see `Engine.resume`."""
        return self.get().resume(run_id, children=children, **who)

    def retry(self, run_id: str, **who: str) -> bool:
        """Let a failed run go on: see `Engine.retry`."""
        return self.get().retry(run_id, **who)

    def settle(self, run_id: str, step: str, outcome: Answer, **who: str) -> bool:
        """Say what came of a step of which nobody knows: see `Engine.settle`."""
        return self.get().settle(run_id, step, outcome, **who)

    def run(self, run_id: str) -> Run:
        """Return a run: see `Engine.run`."""
        return self.get().run(run_id)

    def runs(self, **wanted: Any) -> list[RunView]:
        """Return runs, newest first: see `Engine.runs`."""
        return self.get().runs(**wanted)

    @property
    def schedules(self) -> Schedules:
        """The schedules: see `Engine.schedules`. Raises InsideImportError."""
        if is_importing():
            raise InsideImportError(
                "perdure is importing this module to find its workflows. Put what makes schedules "
                'under: if __name__ == "__main__":, or write @workflow(..., schedule=...)'
            )
        return self.get().schedules

    def prune(self, *older_than: Any, **options: Any) -> Pruned:
        """Forget runs that ended long ago: see `Engine.prune`."""
        return self.get().prune(*older_than, **options)

    def prune_done(self, *older_than: Any, **options: Any) -> Pruned:
        """Delete what transactional steps recorded of runs long over: see `Engine.prune_done`."""
        return self.get().prune_done(*older_than, **options)

    def process_scheduled(self) -> None:
        """Fire what is due: see `Engine.process_scheduled`."""
        self.get().process_scheduled()

    def close(self, timeout: float = 5.0) -> None:
        """Close the engine; the next use opens it again."""
        with self._lock:
            engine, self._engine = self._engine, None
        if engine is not None:
            engine.close(timeout)

    def _forget(self) -> None:
        """Leave to the parent what is the parent's, in a child that was forked."""
        self._lock = threading.RLock()  # a thread that is not here may hold the parent's
        self._engine = None

    def _end(self) -> None:
        """Finish what is ready, then hand back the rest and say how it goes on."""
        engine = self._engine
        if engine is None:
            return
        try:
            finished = not ends_at_once() and _finish(engine)
        except KeyboardInterrupt:
            finished = False
        try:
            rows = engine.store.find(RunFilter(live=True, limit=MOST_TOLD + 1))
        except StoreLostError:  # it was logged when that was found
            rows = []
        self.close(timeout=LAST_SECONDS if finished else AT_ONCE_SECONDS)
        if rows and engine.config.path is not None:
            _tell_left(rows)


def _finish(engine: Engine) -> bool:
    """Go on until nothing is ready; False if time is up before."""
    clock = engine.process.clock
    until = clock.monotonic() + engine.config.exit_seconds
    pause = threading.Event()
    quiet = 0
    while quiet < 2:  # one look may fall between two hands that pass a report on
        if clock.monotonic() >= until:
            return False
        pause.wait(POLL)
        quiet = quiet + 1 if engine.quiet else 0
    return True


def ends_at_once() -> bool:
    """Say whether the script ends by an exception that nobody caught, or is about to be run again."""
    failed = getattr(sys, "last_type", None) is not None
    return failed or any(name in os.environ for name in RELOADERS)


def _tell_left(rows: list[RunRow]) -> None:
    count = f"more than {MOST_TOLD:,}" if len(rows) > MOST_TOLD else str(len(rows))
    waiting = sum(row.status == "waiting" for row in rows)
    script = sys.argv[0] if sys.argv and sys.argv[0].endswith(".py") else "MODULE"
    runs = "1 run is" if count == "1" else f"{count} runs are"
    sys.stderr.write(
        f"perdure: {runs} not finished ({waiting} waiting); nothing is lost. "
        f"Go on with: perdure worker {script}\n"
    )


engine = DefaultEngine()
