"""The engine: start runs, signal them, cancel them, look at them. One per store in a process."""

import warnings
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Self

from perdure.app.births import Starter, birth_of
from perdure.app.endings import END_POLL, await_end
from perdure.app.importing import is_importing
from perdure.app.labels import Where, filter_of
from perdure.app.opened import hold, let_go
from perdure.app.settling import settlement
from perdure.app.signals import SignalAnswer
from perdure.app.starting import StartOptions, tell_apart
from perdure.app.transactions import Addressee, Block, Receipt, block
from perdure.app.views import InertRun, Run, RunView, error_of, first_view, view_of
from perdure.authoring import plans
from perdure.authoring.defaults import default_registry
from perdure.authoring.registry import Registry, Workflow
from perdure.authoring.steps.outcomes import Answer as Outcome
from perdure.config import Config, load_config
from perdure.errors import EngineClosedError, ResultTimeoutError, RunNotFoundError
from perdure.kernel import messages
from perdure.kernel.plan import PlanKind
from perdure.ports.clock import Clock
from perdure.ports.commit import Label
from perdure.ports.rows import Loaded, RunFilter
from perdure.runtime.envelopes import Answer, Birth, Envelope, Ticket, Told
from perdure.runtime.process import Process


class Engine:
    """Durable runs over one store; safe in several threads.

    `path` is the database file, None the configured one, `:memory:` one that keeps nothing.
    `worker` false only starts and signals: a `perdure worker` elsewhere executes. `inline` runs
    every step in the thread that brings its message, for tests; there `clock` may be a virtual
    one. Engines that are made over one file in one process share what works on it, until the last
    of them is closed.
    """

    # each is a choice of its own, and all but the first are named
    def __init__(  # noqa: PLR0913
        self,
        path: str | Path | None = None,
        *,
        registry: Registry | None = None,
        worker: bool | None = None,
        inline: bool = False,
        create: bool = True,
        config: Config | None = None,
        clock: Clock | None = None,
    ) -> None:
        config = config or load_config(store=str(path) if path is not None else None)
        self.config = config
        self.registry = registry if registry is not None else default_registry()
        works = config.worker == "on" if worker is None else worker
        self._closed = False
        self._bodies: dict[str, str] = {}
        self._opened = hold(
            config, self.registry, worker=works, inline=inline, create=create, clock=clock
        )
        self.store = self._opened.store
        self._process = self._opened.process
        self._starter = Starter(
            self.store, self._send, lambda run: self.await_end(self.run(run), None)
        )

    # -- starting ----------------------------------------------------------------------------
    def start(
        self,
        workflow: "str | Workflow | type",
        /,
        *,
        inputs: Mapping[str, Any] | None = None,
        **given: Any,
    ) -> Run:
        """Start a run and return it as it was created: running, at its first step.

        It is durable when this returns. Keywords are the workflow's inputs, and options of the
        start, which `StartOptions` lists: keys, a delay, a deadline, tags ... A name that the
        workflow takes itself is its input. With `inputs={...}` all inputs are in there, and every
        keyword is an option. With a `transaction` the run is there when that has ended. Raises
        UnknownWorkflowError, InvalidValueError, UniqueKeyTakenError.
        """
        if is_importing():
            return inert(workflow)
        flow = self._workflow(workflow)
        wanted, options = tell_apart(flow, inputs, given)
        birth, run = self._birth(flow, wanted, options)
        if options.transaction is not None:
            receipt = Receipt(self, run.view, birth.born.start_key, self.store)
            return options.transaction.bear(birth, receipt)
        started = self._starter.start(birth, options.on_conflict)
        return run if started == run.id else self.run(started)

    def start_many(
        self, workflow: "str | Workflow | type", inputs: Iterable[Mapping[str, Any]]
    ) -> list[Run]:
        """Start a run for each of these inputs, together; all are durable when this returns."""
        if is_importing():
            return [inert(workflow) for _ in inputs]
        flow = self._workflow(workflow)
        made = [self._birth(flow, one, StartOptions()) for one in inputs]
        self._send([birth for birth, _ in made])
        return [run for _, run in made]

    def transaction(self) -> AbstractContextManager[Block]:
        """Give a block whose starts and signals (`transaction=`) take effect together, or none."""
        self._check_open()
        return block(self.store, self._process, self._opened.drive)

    def _workflow(self, workflow: "str | Workflow | type") -> Workflow:
        if isinstance(workflow, Workflow):
            self.registry.add(workflow)
            return workflow
        return self.registry.named(workflow)

    def _birth(
        self, flow: Workflow, inputs: Mapping[str, Any], options: StartOptions
    ) -> tuple[Birth, Run]:
        self._check_open()
        plan = flow.plan
        context = flow.begin(inputs)
        now = self._process.clock.now()
        body = self._bodies.get(plan.hash)
        if body is None:
            body = self._bodies[plan.hash] = plans.dump(plan)
        birth = birth_of(plan, body, context, now, options)
        started = Run(self, first_view(birth, now))
        self._opened.watched.add(started)
        return birth, started

    # -- telling runs something --------------------------------------------------------------
    def signal(  # noqa: PLR0913 - who is to have it
        self,
        name: str,
        payload: Mapping[str, Any] | None = None,
        *,
        run_id: str | None = None,
        key: str | int | None = None,
        workflow: str | None = None,
        idempotency_key: str | None = None,
        transaction: Block | None = None,
    ) -> SignalAnswer:
        """Signal every run that waits for `name`, or one run, or the waits with this key.

        The payload's keys are merged into the context. A signal to one run is kept if its wait
        has not come yet. Returns which runs were woken, kept it, or refused it and why.
        """
        if is_importing():
            return unsent(name)
        self._check_open()
        if key is not None:
            key = str(key)  # as `wait.for_signal` keeps it
        if transaction is not None:
            to = Addressee(run_id, key, workflow, idempotency_key)
            return transaction.signal(name, payload, to, self._process.clock.now())
        if run_id is not None:
            return self._opened.signals.to_run(run_id, name, payload, key, idempotency_key)
        return self._opened.signals.to_all(name, payload, key, workflow)

    def cancel(self, run_id: str, *, by: str = "", why: str = "") -> bool:
        """End a run on request; False if it is unknown or has ended. Durable when it returns."""
        return self._tell(run_id, messages.Cancel(by, why))

    def pause(self, run_id: str, *, by: str = "", why: str = "") -> bool:
        """Let running attempts end and begin no more; False if that changes nothing."""
        return self._tell(run_id, messages.Pause(by, why))

    def resume(self, run_id: str, *, by: str = "", why: str = "") -> bool:
        """Let a paused run go on; False if it was not paused."""
        return self._tell(run_id, messages.Resume(by, why))

    def retry(self, run_id: str, *, by: str = "", why: str = "") -> bool:
        """Let a failed run go on at what failed, in its full time; False if it has not failed."""
        return self._tell(run_id, messages.Retry(by, why))

    def settle(
        self, run_id: str, step: str, outcome: Outcome, *, by: str = "", why: str = ""
    ) -> bool:
        """Say what came of a step of which nobody knows; False if it is not (any more) unknown.

        `outcome.done(data, then=STEP)`: it was done; the data is merged into the context (of a
        graph it is the step's result). `outcome.not_done()`: it is run again under the same key.
        `outcome.failed(why)`: it has failed. Raises InvalidValueError for what cannot be said.
        """
        self._check_open()
        loaded = self.loaded(run_id)
        plan = self._process.plans.get(loaded.row.plan)
        told = settlement(loaded, plan, step, outcome, by=by, why=why)
        return told is not None and bool(self._send([told])[0].events)

    def _tell(self, run: str, message: messages.Message) -> bool:
        self._check_open()
        (answer,) = self._send([Told(run, message)])
        return bool(answer.events)

    def _send(self, envelopes: list[Envelope]) -> list[Answer]:
        """Put envelopes into the ledger and return their answers, when their commit is known."""
        tickets = []
        for envelope in envelopes:
            envelope.reply = ticket = Ticket()
            tickets.append(ticket)
        self._process.ledger.put_all(envelopes)
        self._opened.drive()
        answers = []
        for ticket in tickets:
            while (answer := ticket.wait(END_POLL)) is None:
                self._check_open()
                self._opened.drive()
            if answer.error is not None:
                raise answer.error
            answers.append(answer)
        return answers

    # -- looking -----------------------------------------------------------------------------
    def run(self, run_id: str) -> Run:
        """Return a run. Raises RunNotFoundError."""
        run = Run(self, self.view(run_id))
        self._opened.watched.add(run)
        return run

    def runs(
        self, query: RunFilter | None = None, *, where: Where = (), **wanted: Any
    ) -> list[RunView]:
        """Return runs, newest first: `status=`, `workflow=`, `live=`, `limit=`, `offset=`.

        `where` are further conditions, also on tags and search attributes, such as
        `{"customer": 42}` or `["tag=vip", "amount>=100"]`. Raises InvalidValueError.
        """
        rows = self.store.find(filter_of(where, query or RunFilter(**wanted)))
        ids = [row.id for row in rows]
        loaded = self.store.load(ids)
        labels = self.store.labels(ids)
        return [self._view(loaded[run], labels) for run in ids if run in loaded]

    def view(self, run: str) -> RunView:
        """Return a run's standing now. Raises RunNotFoundError."""
        return self._view(self.loaded(run), self.store.labels([run]))

    def loaded(self, run: str) -> Loaded:
        """Return a run's rows as they stand. Raises RunNotFoundError."""
        found = self.store.load([run]).get(run)
        if found is None:
            hint = f"Runs of {self.config.store} are listed by: perdure runs"
            raise RunNotFoundError(run, hint)
        return found

    def _view(self, loaded: Loaded, labels: Iterable[Label]) -> RunView:
        error = None
        if loaded.row.error is not None:
            error = error_of(loaded.row, self.store.steps(loaded.row.id))
        return view_of(loaded, error, labels)

    def result_of(self, view: RunView) -> Any:
        """Return what a completed run came to: its context, or a graph's final result."""
        flow = self.registry.find(view.name)
        if flow is not None and flow.plan.kind is PlanKind.MACHINE:
            return view.data
        plan = self._process.plans.get(self.loaded(view.id).row.plan)
        if plan.kind is PlanKind.MACHINE:
            return view.data
        from perdure.authoring.graphs import final_result

        outputs = self.store.outputs(view.id, [step.name for step in plan.steps])
        return final_result(plan, outputs, view.data)

    def await_end(self, run: Run, timeout: float | None) -> bool:
        """Wait for a run's end; False if it did not come within `timeout` seconds."""
        if self._opened.inline:
            return self._run_to_end(run, timeout)
        if run.view.ended_at is not None and self._has_ended(run.id):
            return True
        return await_end(
            run,
            timeout,
            watched=self._opened.watched,
            clock=self._process.clock,
            has_ended=lambda: self._has_ended(run.id),
        )

    def listening(self, run: Run, call: Callable[[], object]) -> AbstractContextManager[None]:
        """Have this called, from any thread, when there may be news of a run's end."""
        return self._opened.watched.listening(run, call)

    @property
    def inline(self) -> bool:
        """Whether steps run in their callers' threads, so that nothing goes on while one waits."""
        return self._opened.inline

    def _run_to_end(self, run: Run, timeout: float | None) -> bool:
        """Run what is ready; where that is not the run's end, no waiting brings it."""
        self._check_open()
        self._opened.run_ready()
        if run.ending.is_here or self._has_ended(run.id):
            return True
        if timeout is None:
            run.refresh()
            raise ResultTimeoutError(
                f"run {run.id} is {run.status} at {run.current_step!r}, and this engine runs inline: "
                f"nothing goes on while a caller waits. Send what it waits for, or let time pass and "
                f"call process_scheduled()"
            )
        return False

    def _has_ended(self, run: str) -> bool:
        self._check_open()
        return self.loaded(run).row.ended_at is not None

    # -- time --------------------------------------------------------------------------------
    def process_scheduled(self) -> None:
        """Fire what is due: the ends of sleeps, timeouts, retries. They fire by themselves, too.

        With steps that run inline, for tests, nothing else fires them.
        """
        self._check_open()
        self._opened.process_scheduled()

    def next_due(self) -> float | None:
        """Return when something is due next, in seconds since 1970; None if nothing is."""
        return self.store.next_due(self._process.clock.now())

    # -- life --------------------------------------------------------------------------------
    @property
    def quiet(self) -> bool:
        """Whether nothing is ready: every run has ended, waits or sleeps, as far as is known."""
        process = self._process
        return not (
            process.crew.working()
            or process.ledger.waiting
            or process.ledger.is_turning
            or process.crew.wants_claim()
        )

    @property
    def process(self) -> Process:
        """The process behind the engine, for the CLI, the test kit and `doctor`."""
        return self._process

    @property
    def closed(self) -> bool:
        """Whether `close` was called."""
        return self._closed

    def work(self) -> None:
        """Take up jobs from now on, if the engine was opened without a worker."""
        self._opened.work()

    def close(self, timeout: float = 5.0) -> None:
        """Hand back what has not ended, uncounted, and let go of the store.

        Attempts that were asked to end have `timeout` seconds for it. Where another engine of
        this process is over the same store, it goes on.
        """
        if not self._closed:
            self._closed = True
            let_go(self._opened, timeout)

    def __enter__(self) -> Self:
        """Return the engine."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the engine."""
        self.close()

    def _check_open(self) -> None:
        if self._closed:
            raise EngineClosedError("this engine is closed")
        self._opened.check()


def inert(workflow: object) -> Run:
    """Warn that a workflow is not started now, and return a run that does nothing."""
    name = workflow if isinstance(workflow, str) else getattr(workflow, "__name__", "?")
    warnings.warn(
        f"{name!r} was not started: perdure is importing this module to find its workflows. "
        'Put the call under: if __name__ == "__main__":',
        stacklevel=3,
    )
    return InertRun(name)


def unsent(name: str) -> SignalAnswer:
    """Warn that a signal is not sent now, and return that it reached nobody."""
    warnings.warn(
        f"signal {name!r} was not sent: perdure is importing this module to find its workflows. "
        'Put the call under: if __name__ == "__main__":',
        stacklevel=3,
    )
    return SignalAnswer()
