"""The engine: start runs, signal them, cancel them, look at them. One per store in a process."""

import warnings
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from functools import cached_property
from typing import Any

from perdure.app.addresses import Addressee, encode_payload
from perdure.app.births import Started, Starter, birth_of, span_seconds
from perdure.app.emitting import Emitting
from perdure.app.importing import is_importing
from perdure.app.outbox import check_transaction
from perdure.app.pruning import Pruned, prune_done, prune_runs
from perdure.app.schedules import Schedules
from perdure.app.sealing import Sealing, wants_sealing
from perdure.app.signal_starts import NO_KEY, signal_start_of, signal_with_start
from perdure.app.signals import SignalAnswer
from perdure.app.starting import Span, StartOptions, tell_apart
from perdure.app.telling import unsent
from perdure.app.transactions import Block, Receipt, block
from perdure.app.views import InertRun, Run, first_view
from perdure.authoring import plans
from perdure.authoring.registry import Workflow
from perdure.errors import InvalidValueError
from perdure.runtime.envelopes import Birth

DONE_SECONDS = 30 * 86400.0


class Engine(Emitting):
    """Durable runs over one store; safe in several threads.

    `path` is the database file, None the configured one, `:memory:` one that keeps nothing.
    `worker` false only starts and signals: a `perdure worker` elsewhere executes. `inline` runs
    every step in the thread that brings its message, for tests; there `clock` may be a virtual
    one. Engines that are made over one file in one process share what works on it, until the last
    of them is closed.
    """

    @cached_property
    def _bodies(self) -> dict[str, str]:
        """The plans' texts, by hash: each is made once."""
        return {}

    @cached_property
    def _starter(self) -> Starter:
        return Starter(self.store, self._send, lambda run: self.await_end(self.run(run), None))

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
        UnknownWorkflowError, InvalidValueError, UniqueKeyTakenError, LimitReachedError.
        """
        if is_importing():
            return inert(workflow)
        flow = self._workflow(workflow)
        wanted, options = tell_apart(flow, inputs, given)
        if wants_sealing(wanted, options.security_config):
            return self._start_sealed(flow, wanted, options)
        birth, run = self._birth(flow, wanted, options)
        if options.transaction is not None:
            transaction = options.transaction
            transaction.join(self._process)
            transaction.bear(birth)
            key, patience = birth.born.start_key, transaction.patience
            receipt = Receipt(self, run.view, key, self.store, patience)
            self._opened.watched.add(receipt)
            return receipt
        started = self._started(birth, options)
        return run if started == (run.id, False) else self.run(started.run)

    def _start_sealed(
        self, flow: Workflow, inputs: Mapping[str, Any], options: StartOptions
    ) -> Run:
        """Start a run whose secrets are sealed before anything of them is written."""
        self._check_open()
        if options.transaction is not None:
            raise InvalidValueError(
                "a run with secrets is sealed and born in one go. Start it outside of the transaction",
                "transaction",
            )
        with self.secrets.sealing(flow, inputs, options.security_config) as sealing:
            birth, run = self._birth(flow, sealing.plain, options, sealing)
            started = self._started(birth, options)
        return run if started == (run.id, False) else self.run(started.run)

    def _started(self, birth: Birth, options: StartOptions) -> Started:
        """Have a run born, with its budget there before it."""
        if options.max_cost is None:
            return self._starter.start(birth, options.on_conflict)
        self.budgets.begin(birth.run, options.max_cost, options.on_budget)
        started = self._starter.start(birth, options.on_conflict)
        if started.run != birth.run:
            self.budgets.drop(birth.run)
        return started

    def start_many(
        self, workflow: "str | Workflow | type", inputs: Iterable[Mapping[str, Any]]
    ) -> list[Run]:
        """Start a run for each of these inputs, together; all are durable when this returns.

        Raises LimitReachedError where there was no place for all: as many as found one are started.
        """
        if is_importing():
            return [inert(workflow) for _ in inputs]
        flow = self._workflow(workflow)
        inputs = list(inputs)
        if any(wants_sealing(one, None) for one in inputs):
            return [self.start(flow, inputs=one) for one in inputs]
        made = [self._birth(flow, one, StartOptions()) for one in inputs]
        answers = self._send([birth for birth, _ in made])
        pairs = zip(made, answers, strict=True)
        return [run.refresh() if answer.in_line else run for (_, run), answer in pairs]

    def signal_with_start(
        self,
        workflow: "str | Workflow | type",
        name: str,
        payload: Mapping[str, Any] | None = None,
        /,
        *,
        inputs: Mapping[str, Any] | None = None,
        signal_key: str | None = None,
        **given: Any,
    ) -> SignalAnswer:
        """Signal the run that has this `unique_key` or `idempotency_key`; start it if none has.

        One transaction starts it with the signal in its inbox, so no other start or signal comes
        between. Keywords are the inputs and options of `start`; `signal_key` is the signal's own
        idempotency key. The answer has the run in `started`, or as one that has the signal.
        With a `transaction` it is found or started when that has ended: the answer cannot tell.
        Raises InvalidValueError, UnknownWorkflowError, LimitReachedError.
        """
        if is_importing():
            return unsent(name)
        flow = self._workflow(workflow)
        is_option = inputs is not None or "transaction" not in flow.takes
        transaction = given.pop("transaction", None) if is_option else None
        wanted, options = tell_apart(flow, inputs, given)
        if not (options.unique_key or options.idempotency_key):
            raise InvalidValueError(NO_KEY, "unique_key")
        if wants_sealing(wanted, options.security_config):
            raise InvalidValueError("a run with secrets is started by `start` alone", "inputs")
        text, to = encode_payload(payload), Addressee(idempotency_key=signal_key)
        if transaction is not None:
            check_transaction(transaction)
            transaction.join(self._process)
            birth, _ = self._birth(flow, wanted, options)
            transaction.signal_start(signal_start_of(self._process, birth, name, text, to))
            return SignalAnswer()
        answer = signal_with_start(
            self._process,
            lambda: self._birth(flow, wanted, options)[0],
            lambda to: self._opened.signals.send(name, payload, to),
            name,
            text,
            to,
        )
        self._opened.drive()
        return answer

    def transaction(self) -> AbstractContextManager[Block]:
        """Give a block whose starts and signals (`transaction=`) take effect together, or none."""
        self._check_open()
        return block(self._process.bundles, self._opened.drive)

    def _workflow(self, workflow: "str | Workflow | type") -> Workflow:
        if isinstance(workflow, Workflow):
            known = self.registry.find(workflow.name)
            if workflow.place[0] or known is None or known.place == workflow.place:
                self.registry.add(workflow)  # data of another's name is run, and known to nobody
            return workflow
        return self.registry.named(workflow)

    def _birth(
        self,
        flow: Workflow,
        inputs: Mapping[str, Any],
        options: StartOptions,
        sealing: Sealing | None = None,
    ) -> tuple[Birth, Run]:
        self._check_open()
        plan, context = flow.opening(inputs)
        now = self._process.clock.now()
        body = self._bodies.get(plan.hash)
        if body is None:
            body = plans.dump(plan)
            if plan is flow.plan:  # others are of one run
                self._bodies[plan.hash] = body
        birth = birth_of(plan, body, context, now, options)
        if sealing is not None:
            sealing.seal(birth)
        started = Run(self, first_view(birth, now))
        self._opened.watched.add(started)
        return birth, started

    # -- time --------------------------------------------------------------------------------
    def process_scheduled(self) -> None:
        """Fire what is due: the ends of sleeps, timeouts, retries. They fire by themselves, too.

        With steps that run inline, for tests, nothing else fires them.
        """
        self._check_open()
        self._opened.process_scheduled()

    def prune(self, older_than: Span | None = None, *, dry_run: bool = False) -> Pruned:
        """Forget runs that ended so long ago, or as long as their workflow says they are kept.

        Without a span the setting `keep_days` holds. Processes do this by themselves. A dry run
        only counts. Raises InvalidValueError.
        """
        self._check_open()
        keep = self.config.keep_seconds
        if older_than is not None:
            keep = span_seconds("older_than", older_than)
        return prune_runs(self._process.pruner, self._process.clock.now(), keep, dry_run=dry_run)

    def prune_done(
        self, older_than: Span = DONE_SECONDS, *, gone: bool = False, dry_run: bool = False
    ) -> Pruned:
        """Delete what this process's transactional steps have recorded of runs long over.

        In their databases, of runs that ended so long ago (a timedelta, or seconds; 30 days); with
        `gone` also of runs that this store has not (any more): not where another store uses the
        database. Raises InvalidValueError, and what a driver raises.
        """
        self._check_open()
        until = self._process.clock.now() - span_seconds("older_than", older_than)
        return prune_done(self.registry, self.store, ended_before=until, gone=gone, dry_run=dry_run)

    def next_due(self) -> float | None:
        """Return when something is due next, in seconds since 1970; None if nothing is."""
        now = self._process.clock.now()
        due = (
            self.store.next_due(now),
            self.store.events.next_due(),
            self.store.next_schedule(now),
        )
        return min((at for at in due if at is not None), default=None)

    @cached_property
    def schedules(self) -> Schedules:
        """The schedules, by which runs begin by themselves."""
        self._check_open()
        return Schedules(self.store, self._process, self.registry, self._starter.start, self.run)


def inert(workflow: object) -> Run:
    """Warn that a workflow is not started now, and return a run that does nothing."""
    name = workflow if isinstance(workflow, str) else getattr(workflow, "__name__", "?")
    warnings.warn(
        f"{name!r} was not started: perdure is importing this module to find its workflows. "
        'Put the call under: if __name__ == "__main__":',
        stacklevel=3,
    )
    return InertRun(name)
