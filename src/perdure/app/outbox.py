"""Starts, signals and events in an application's own transaction, on its own connection."""

from collections.abc import Mapping
from typing import Any

from perdure.app.addresses import Addressee, address, encode_payload
from perdure.app.signals import SignalAnswer
from perdure.app.transactions import Block
from perdure.authoring.dbapi import Connect
from perdure.authoring.defaults import default_registry
from perdure.authoring.registry import Registry
from perdure.errors import ConfigError, InvalidValueError, RunNotFoundError
from perdure.ids import new_id
from perdure.outboxes.dbapi import DbApiOutbox
from perdure.ports.commit import InboxMade
from perdure.ports.outbox import Posted
from perdure.runtime.almanac import Wanted
from perdure.runtime.bundles import SignalStart
from perdure.runtime.envelopes import Birth
from perdure.runtime.posts import (
    post_birth,
    post_broadcast,
    post_event,
    post_message,
    post_signal_start,
)
from perdure.runtime.process import Process

WHAT_IT_IS = "what engine.transaction() gives, or what Outbox(connect).on(connection) does"


class Outbox:
    """A table `perdure_outbox` in an application's database, for starts, signals and events.

    What is written there in the application's transaction takes effect if and only if that
    commits. `connect` gives a connection to the database (it is closed after use), or a context
    manager that gives one; it is called in other threads too. Make one at the top of a module:
    every process that imports it, and has an engine, delivers what lies in the table.
    """

    def __init__(self, connect: Connect, *, registry: Registry | None = None) -> None:
        if not callable(connect):
            raise ConfigError(
                f"Outbox takes a function that connects to the application's database, such as "
                f"lambda: sqlite3.connect('shop.db'); not {connect!r}"
            )
        self._table = DbApiOutbox(connect)
        self._registry = registry if registry is not None else default_registry()
        self._registry.outboxes.append(self._table)

    def on(self, connection: Any) -> "Enlisted":
        """Give what `start`, `signal` and `emit` take as `transaction=`: this connection's.

        perdure only inserts rows: whoever began the transaction commits it, or rolls it back. With
        the rows of a savepoint it is the same. Raises UnusableConnectionError at the first use.
        """
        return Enlisted(self._table, self._registry, connection)

    def prepare(self) -> None:
        """Make the table, unless it is there; otherwise that is done at its first use.

        Raises OutboxTroubleError.
        """
        self._table.prepare()


def check_transaction(given: object) -> None:
    """Refuse what is no transaction. Raises InvalidValueError."""
    if not isinstance(given, Block | Enlisted):
        raise InvalidValueError(f"it is {WHAT_IT_IS}; {given!r} is none", "transaction")


class Enlisted:
    """The transaction that is open on an application's connection."""

    patience = 30.0

    def __init__(self, table: DbApiOutbox, registry: Registry, connection: Any) -> None:
        self._table = table
        self._registry = registry
        self._connection = connection
        self._process: Process | None = None

    def join(self, process: Process) -> None:
        """Have what is asked for delivered by this process too. Raises ConfigError."""
        if process.registry is not self._registry:
            raise ConfigError(
                "this outbox belongs to another registry of workflows than this engine, which would "
                "never look into it. Make it with Outbox(connect, registry=engine.registry)"
            )
        self._process = process

    def committed(self) -> None:
        """Say that the transaction was committed, so that nobody has to find it out.

        It need not be called, and takes no part in what is guaranteed. It is there for hooks, such
        as Django's `transaction.on_commit(tx.committed)`.
        """
        if self._process is not None:
            self._process.courier.hint()

    def bear(self, birth: Birth) -> None:
        """Have a run be born once the transaction is committed."""
        process = self._joined()
        with_plan = birth.plan.hash not in process.plans.stored
        self._add(process, post_birth(birth, with_plan=with_plan))

    def signal(
        self, name: str, payload: Mapping[str, Any] | None, to: Addressee, now: float
    ) -> SignalAnswer:
        """Have a signal be sent once the transaction is committed.

        Raises InvalidValueError, RunNotFoundError.
        """
        process = self._joined()
        made = address(name, encode_payload(payload), to, now)
        id_ = new_id("signal", now)
        if isinstance(made, InboxMade):
            self._check_there(process, made.run)
            self._add(process, post_message(id_, made, now))
        else:
            self._add(process, post_broadcast(id_, made, to.idempotency_key))
        return SignalAnswer()

    def signal_start(self, asked: SignalStart) -> None:
        """Have a signal be sent, and its run be started if there is none by then."""
        process = self._joined()
        with_plan = asked.birth.plan.hash not in process.plans.stored
        self._add(process, post_signal_start(asked, with_plan=with_plan))

    def emit(self, event: Wanted) -> None:
        """Have an event be told once the transaction is committed."""
        process = self._joined()
        self._add(process, post_event(event, process.clock.now()))

    def _check_there(self, process: Process, run: str) -> None:
        """Refuse a run that nobody has started, here or in the store, while its caller can hear."""
        if not self._table.has(self._connection, run) and run not in process.store.load([run]):
            raise RunNotFoundError(run)

    def _add(self, process: Process, posted: Posted) -> None:
        self._table.add(self._connection, posted)
        process.courier.expect()

    def _joined(self) -> Process:
        assert self._process is not None, "an engine joins it before it asks for anything"
        return self._process
