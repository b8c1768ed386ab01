"""Starts and signals that take effect together or not at all: written when the block ends.

Nothing is held while the caller's block runs: what it asks for is collected, and written in one
short transaction of the store. It only inserts: runs with their Start, messages, broadcasts.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, NamedTuple

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
from perdure.runtime.records import dump_message
from perdure.wire.encoding import check_value


class Addressee(NamedTuple):
    """Who is to have a signal: one run, or all that wait, narrowed by a key or a workflow."""

    run: str | None
    key: str | None
    workflow: str | None
    idempotency_key: str | None


class Receipt(Run):
    """A run that will be there if its transaction commits; `refresh` reads it then."""

    __slots__ = ("_key", "_store")

    def __init__(self, engine: Reader, view: RunView, key: str | None, store: Store) -> None:
        super().__init__(engine, replace(view, status="pending"))
        self._key = key
        self._store = store

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


class Block:
    """What a transaction collects. Give it to `start`, `signal` and `emit`."""

    def __init__(self) -> None:
        self.bundle = Bundle()
        self.is_open = True

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
        run, key, workflow, idempotency_key = to
        self.check_open()
        check_value([name, key, workflow, idempotency_key], "signal")
        text = encode_payload(payload)
        addressed = run is not None or key is not None
        told = dump_message(Signal(id=0, name=name, key=key, addressed=addressed))
        if run is not None:
            self.bundle.messages.append(InboxMade(run, told, text, idempotency_key))
        else:
            self.bundle.broadcasts.append(Announced(name, told, text, workflow, key, now))
        return SignalAnswer()

    def emit(self, event: Wanted) -> None:
        """Have an event be told."""
        self.check_open()
        self.bundle.events.append(event)


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
