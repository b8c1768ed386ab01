"""Starts and signals that take effect together or not at all: written when the block ends.

Nothing is held while the caller's block runs: what it asks for is collected, and written in one
short transaction of the store. It only inserts: runs with their Start, messages, broadcasts.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from perdure.app.addresses import Addressee, address, encode_payload
from perdure.app.endings import END_POLL
from perdure.app.refusals import plan_refusal, refusal_of
from perdure.app.signals import SignalAnswer
from perdure.app.views import Reader, Run, RunView
from perdure.errors import InvalidValueError, RunNotFoundError, TransactionEndedError
from perdure.ports.commit import InboxMade
from perdure.ports.store import Store
from perdure.runtime.almanac import Wanted
from perdure.runtime.bundles import Bundle, Bundles, SignalStart
from perdure.runtime.envelopes import Birth
from perdure.runtime.process import Process

HERE_POLL = 0.02
NOT_THERE = "The transaction that starts it was rolled back, or is not committed yet."


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
        self._process: Process | None = None

    def join(self, process: Process) -> None:
        """Know the process by which it is written."""
        self._process = process

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
            self._check(name, to, made)
            self.bundle.messages.append(made)
        elif to.idempotency_key is not None:
            self.bundle.keyed[to.idempotency_key] = made
        else:
            self.bundle.broadcasts.append(made)
        return SignalAnswer()

    def _check(self, name: str, to: Addressee, made: InboxMade) -> None:
        """Refuse a signal that its run would refuse; a run of this very block is looked at too."""
        born = next((birth for birth in self.bundle.births if birth.run == made.run), None)
        if born is not None:
            why = plan_refusal(born.plan, made.payload)
        elif self._process is not None:
            why = refusal_of(
                self._process, made.run, name, key=to.key, match=to.match, payload=made.payload
            )
        else:
            why = ""
        if why:
            raise InvalidValueError(f"run {made.run} would refuse signal {name!r}: {why}", "signal")

    def signal_start(self, asked: SignalStart) -> None:
        """Have a signal be sent, and its run be started if there is none by then."""
        self.check_open()
        self.bundle.signal_starts.append(asked)

    def emit(self, event: Wanted) -> None:
        """Have an event be told."""
        self.check_open()
        self.bundle.events.append(event)


@contextmanager
def block(bundles: Bundles, drive: Callable[[], None]) -> Iterator[Block]:
    """Write what the block has asked for when it ends; nothing if it raises.

    Raises RunNotFoundError, LimitReachedError, and what the store raises: then nothing of it was
    written. Only after a CommitUnknownError all of it may be there; a receipt tells.
    """
    made = Block()
    try:
        yield made
    finally:
        made.is_open = False
    bundles.take_up(made.bundle, bundles.write(made.bundle, strict=True))
    drive()
