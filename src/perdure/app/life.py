"""The life of an engine: it is opened over a store, sends to its ledger, and is closed."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Self

from perdure.app.budgets import Budgets
from perdure.app.endings import END_POLL
from perdure.app.limits import Limits
from perdure.app.opened import hold, let_go
from perdure.app.queues import Queues
from perdure.app.sealing import Secrets
from perdure.authoring.defaults import default_registry
from perdure.authoring.registry import Registry
from perdure.config import Config, load_config
from perdure.errors import EngineClosedError
from perdure.ports.clock import Clock
from perdure.runtime.envelopes import Answer, Envelope, Poke, Ticket
from perdure.runtime.process import Process


class Life:
    """What an engine is over: a store, and the process that works on it. Safe in several threads."""

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
        self._opened = hold(
            config, self.registry, worker=works, inline=inline, create=create, clock=clock
        )
        self.store = self._opened.store
        self._process = self._opened.process

    @cached_property
    def queues(self) -> Queues:
        """The store's queues: `queues.list()`, and `queues.set(name, concurrency=, rate=)`."""
        return Queues(self.store, self._process.clock, self._opened.look_for_jobs)

    @cached_property
    def limits(self) -> Limits:
        """How many runs of a workflow may live: `limits.list()`, `limits.set(name, max_live=)`."""
        return Limits(self.store, self.registry, self._admitted)

    @property
    def secrets(self) -> Secrets:
        """The secrets of the store's runs: `forget(run)`, `rotate()`, and the master keys."""
        return self._opened.secrets

    @cached_property
    def budgets(self) -> Budgets:
        """What may be spent on models: `budgets.list()`, `budgets.set(run=, max_cost=)`."""
        return Budgets(self.store, self._process.clock)

    def _admitted(self, runs: Sequence[str]) -> None:
        self._process.ledger.put_all(Poke(run) for run in runs)
        self._opened.drive()

    @property
    def quiet(self) -> bool:
        """Whether nothing is ready: every run has ended, waits or sleeps, as far as is known."""
        process = self._process
        return not (
            process.crew.working()
            or process.ledger.waiting
            or process.ledger.is_turning
            or process.crew.slots.wants_claim()
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

    def _send(self, envelopes: list[Envelope]) -> list[Answer]:
        """Put envelopes into the ledger and return their answers, when their commit is known.

        Raises the first error that is an answer.
        """
        answers = self._ask(envelopes)
        for answer in answers:
            if answer.error is not None:
                raise answer.error
        return answers

    def _ask(self, envelopes: list[Envelope]) -> list[Answer]:
        """Put envelopes into the ledger and return their answers; some may be errors."""
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
            answers.append(answer)
        return answers
