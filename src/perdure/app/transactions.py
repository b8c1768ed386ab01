"""Starts and signals that take effect together or not at all: written when the block ends.

Nothing is held while the caller's block runs: what it asks for is collected, and written in one
short transaction of the store. It only inserts: runs with their Start, messages, broadcasts.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, NamedTuple

from perdure.app.endings import END_POLL
from perdure.app.signals import SignalAnswer, encode_payload
from perdure.app.views import Reader, Run, RunView
from perdure.errors import RunNotFoundError, TransactionEndedError
from perdure.kernel.messages import Signal
from perdure.ports.commit import InboxMade
from perdure.ports.rows import Announced
from perdure.ports.store import Store
from perdure.runtime.almanac import Wanted
from perdure.runtime.bundles import Bundle, Bundles
from perdure.runtime.envelopes import Birth
from perdure.runtime.process import Process
from perdure.runtime.records import dump_message
from perdure.wire.encoding import check_value

HERE_POLL = 0.02
NOT_THERE = "The transaction that starts it was rolled back, or is not committed yet."


class Addressee(NamedTuple):
    """Who is to have a signal: one run, or all that wait, narrowed by a key or a workflow."""

    run: str | None
    key: str | None
    workflow: str | None
    idempotency_key: str | None


class Receipt(Run):
    """A run that will be there if its transaction commits; `refresh` reads it then.

    `patience` are the seconds for which `wait` and `result` believe that it is on its way.
    """

    __slots__ = ("_key", "_missed", "_patience", "_store")

    def __init__(
        self, engine: Reader, view: RunView, key: str | None, store: Store, patience: float
    ) -> None:
        super().__init__(engine, replace(view, status="pending"))
        self._key = key
        self._store = store
        self._patience = patience
        self._missed = 0.0

    def refresh(self) -> Run:
        """Read the run, or the one that its idempotency key had started before.

        Raises RunNotFoundError before the transaction has committed, or if it did not.
        """
        try:
            return super().refresh()
        except RunNotFoundError:
            taken = self._store.by_start_key(self._key) if self._key is not None else None
            if taken is None:
                raise
            self._view = self._engine.view(taken)
            return self

    def wait(self, timeout: float | None = None) -> Run:
        """Wait until the run is there, and for its end: see `Run.wait`.

        Raises RunNotFoundError where its transaction was not committed.
        """
        waited = 0.0
        while not self._engine.inline and not self._is_here(HERE_POLL):
            if timeout is not None and waited >= timeout:
                raise RunNotFoundError(self.id, NOT_THERE)
            self.ending.wait(HERE_POLL)
            waited += HERE_POLL
        return super().wait(None if timeout is None else max(timeout - waited, 0.0))

    def has_ended(self) -> bool:
        """Whether the run is there, and has ended by now."""
        return (self._engine.inline or self._is_here(END_POLL)) and super().has_ended()

    def _is_here(self, pause: float) -> bool:
        """Whether the run is there; else its caller looks again after a pause.

        Raises RunNotFoundError when that has been too long.
        """
        try:
            self.refresh()
        except RunNotFoundError:
            self._missed += pause
            if self._missed > self._patience:
                raise RunNotFoundError(self.id, NOT_THERE) from None
            return False
        return True


class Block:
    """What a transaction collects. Give it to `start`, `signal` and `emit`."""

    patience = 0.0  # its runs are there when it has ended

    def __init__(self) -> None:
        self.bundle = Bundle()
        self.is_open = True

    def join(self, process: Process) -> None:
        """Do nothing: its engine knows it."""

    def check_open(self) -> None:
        """Raise TransactionEndedError once the block has ended."""
        if not self.is_open:
            raise TransactionEndedError(
                "this transaction has ended. Start, signal and emit within its block"
            )

    def bear(self, birth: Birth) -> None:
        """Have a run be born."""
        self.check_open()
        self.bundle.births.append(birth)

    def signal(
        self, name: str, payload: Mapping[str, Any] | None, to: Addressee, now: float
    ) -> SignalAnswer:
        """Have a signal be sent. Who has it is not known before the block has ended.

        Raises InvalidValueError.
        """
        self.check_open()
        made = address(name, encode_payload(payload), to, now)
        if isinstance(made, InboxMade):
            self.bundle.messages.append(made)
        elif to.idempotency_key is not None:
            self.bundle.keyed[to.idempotency_key] = made
        else:
            self.bundle.broadcasts.append(made)
        return SignalAnswer()

    def emit(self, event: Wanted) -> None:
        """Have an event be told."""
        self.check_open()
        self.bundle.events.append(event)


def address(name: str, payload: str | None, to: Addressee, now: float) -> InboxMade | Announced:
    """Return the message to a run, or to all that wait. Raises InvalidValueError."""
    run, key, workflow, idempotency_key = to
    check_value([name, *to], "signal")
    addressed = run is not None or key is not None
    told = dump_message(Signal(id=0, name=name, key=key, addressed=addressed))
    if run is not None:
        return InboxMade(run, told, payload, idempotency_key)
    return Announced(name, told, payload, workflow, key, now)


@contextmanager
def block(bundles: Bundles, drive: Callable[[], None]) -> Iterator[Block]:
    """Write what the block has asked for when it ends; nothing if it raises.

    Raises RunNotFoundError, and what the store raises: then nothing of it was written. Only after
    a CommitUnknownError all of it may be there; a receipt tells.
    """
    made = Block()
    try:
        yield made
    finally:
        made.is_open = False
    bundles.take_up(made.bundle, bundles.write(made.bundle))
    drive()
