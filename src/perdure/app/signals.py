"""Signals as callers send them: to one run, to a correlation key, or to everyone who waits."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from perdure.app.addresses import Addressee, address, encode_payload
from perdure.app.refusals import refused_by
from perdure.errors import RunNotFoundError
from perdure.kernel import history
from perdure.ports.commit import InboxMade
from perdure.ports.rows import Announced, RunFilter
from perdure.ports.store import Store
from perdure.runtime.bundles import Bundle
from perdure.runtime.envelopes import Poke, Ticket
from perdure.runtime.process import Process
from perdure.runtime.records import load_events

log = logging.getLogger("perdure.signals")

WAIT_SECONDS = 30.0
NOBODY = (
    "reached no run: nobody waits for it, and no live run names it. To have one kept until its "
    "wait comes, address it: signal(..., run_id=...)"
)
REPEATED = "was not sent: one with this idempotency key was sent before"
LIVE_RUNS = 200
"""So many live runs are asked whether they name a signal that reached nobody."""
LOOK_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class SignalAnswer:
    """Which runs a signal woke, which keep it for a wait to come, which refused it and why.

    `mailed` if nobody waits with its key, and it is kept in the mailbox for a wait with it;
    `repeated` if one with its idempotency key was sent before, so that nothing was sent now;
    `started` the run that was started to have it. `warning` says what was most likely not meant: a
    broadcast that many runs have, or that nobody has though live runs name it.
    """

    woken: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()
    warning: str = ""
    mailed: bool = False
    repeated: bool = False
    started: str | None = None

    def __len__(self) -> int:
        """Return how many runs have it."""
        return len(self.woken) + len(self.kept)


class Signaller:
    """Accepts signals durably, then has the ledger apply them."""

    def __init__(self, store: Store, process: Process, drive: Callable[[], None]) -> None:
        self._store = store
        self._process = process
        self._drive = drive

    def send(self, name: str, payload: Mapping[str, Any] | None, to: Addressee) -> SignalAnswer:
        """Signal one run, or all that wait, as far as that is narrowed.

        Raises InvalidValueError, RunNotFoundError.
        """
        made = address(name, encode_payload(payload), to, self._process.clock.now())
        if isinstance(made, InboxMade):
            return self._to_run(made, name, to)
        return self._to_all(made, to)

    def _to_run(self, made: InboxMade, name: str, to: Addressee) -> SignalAnswer:
        """Signal one run; it refuses what does not fit it before a key is used up."""
        run = made.run
        loaded = self._store.load([run]).get(run)
        if loaded is None:
            raise RunNotFoundError(run)
        if why := refused_by(self._process, loaded, name, to.key, to.match, made.payload):
            return SignalAnswer(refused=((run, why),))
        (number,) = self._store.put([made])
        if number is None:
            why = "a signal with this key was sent before"
            return SignalAnswer(refused=((run, why),), repeated=True)
        ticket = Ticket()
        self._process.ledger.put(Poke(run, ticket))
        self._drive()
        if not self._await(ticket):
            return SignalAnswer(kept=(run,))  # accepted, and applied when the store can
        return self._what_became(run, number, after=loaded.row.seq)

    def _to_all(self, announced: Announced, to: Addressee) -> SignalAnswer:
        """Signal every run that waits for the name, or will by goto alone."""
        if to.idempotency_key is None:
            heard = self._process.herald.proclaim(announced)
        else:
            bundle = Bundle(keyed={to.idempotency_key: announced})
            numbers = self._process.bundles.write(bundle).broadcasts
            if not numbers:
                return SignalAnswer(repeated=True, warning=REPEATED)
            heard = self._process.herald.deliver(numbers[0])
        ticket = Ticket()
        if heard.runs:
            self._process.ledger.put(Poke(heard.runs[-1][0], ticket))
        self._drive()
        if heard.runs:
            self._await(ticket)
        woken = tuple(run for run, kind in heard.runs if kind == "signal")
        kept = tuple(run for run, kind in heard.runs if kind != "signal")
        if heard.mailed:
            return SignalAnswer(mailed=True)
        name, refused = announced.name, tuple(heard.refused)
        warning = self._warning(name, len(heard.runs) + len(refused), narrowed=to.is_narrow)
        if warning or not (heard.runs or refused):
            log.warning("signal %r %s", name, warning or NOBODY)
        return SignalAnswer(woken, kept, refused, warning)

    def _warning(self, name: str, count: int, *, narrowed: bool) -> str:
        """Say what is most likely not meant; empty if it may well be."""
        if count > 1 and not narrowed:
            return (
                f"reached {count} runs. To reach one of them, address it: "
                f"signal({name!r}, ..., run_id=...)"
            )
        if count == 0 and self._is_named(name):
            return (
                "reached no run: nobody waits for it now. To have one kept until its wait comes, "
                f"address it: signal({name!r}, ..., run_id=...)"
            )
        return ""

    def _is_named(self, name: str) -> bool:
        """Whether one of the newest live runs may ever wait for this name."""
        rows = self._store.find(RunFilter(live=True, limit=LIVE_RUNS))
        plans = [self._process.plans.get(plan) for plan in dict.fromkeys(row.plan for row in rows)]
        return any(name in (*step.waits, *step.coming) for plan in plans for step in plan.steps)

    def _await(self, ticket: Ticket) -> bool:
        until = self._process.clock.monotonic() + WAIT_SECONDS
        while ticket.wait(LOOK_SECONDS) is None:
            if self._process.clock.monotonic() >= until:
                return False
            self._drive()
        return True

    def _what_became(self, run: str, number: int, after: int) -> SignalAnswer:
        """Ask the history what the run made of the signal: it is told once, and stays told."""
        while rows := self._store.history(run, after):
            after = rows[-1].seq
            for event in chain.from_iterable(load_events(row.events) for row in rows):
                if isinstance(event, history.SignalTaken) and event.signal == number:
                    return SignalAnswer(woken=(run,))
                if isinstance(event, history.SignalKept) and event.signal == number:
                    return SignalAnswer(kept=(run,))
                if isinstance(event, history.SignalDropped) and event.signal == number:
                    return SignalAnswer(refused=((run, event.why),))
        return SignalAnswer(refused=((run, "the run has ended or is being cancelled"),))
