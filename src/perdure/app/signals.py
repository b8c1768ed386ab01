"""Signals as callers send them: to one run, to a correlation key, or to everyone who waits."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from perdure.authoring.payloads import payload_refusal
from perdure.errors import InvalidValueError, RunNotFoundError
from perdure.kernel import history
from perdure.kernel.messages import Signal
from perdure.kernel.plan import PlanKind
from perdure.ports.commit import InboxMade
from perdure.ports.rows import Announced, Loaded, RunFilter
from perdure.ports.store import Store
from perdure.runtime.envelopes import Poke, Ticket
from perdure.runtime.fitting import refusal
from perdure.runtime.process import Process
from perdure.runtime.records import dump_message, load_events
from perdure.runtime.ways import WAYS, waiting_of
from perdure.wire.encoding import check_value, encode_value

log = logging.getLogger("perdure.signals")

WAIT_SECONDS = 30.0
NOBODY = (
    "reached no run: nobody waits for it, and no live run names it. To have one kept until its "
    "wait comes, address it: signal(..., run_id=...)"
)
LIVE_RUNS = 200
"""So many live runs are asked whether they name a signal that reached nobody."""
LOOK_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class SignalAnswer:
    """Which runs a signal woke, which keep it for a wait to come, which refused it and why.

    `warning` says what was most likely not meant: a broadcast that many runs have, or that nobody
    has though live runs name it.
    """

    woken: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()
    warning: str = ""

    def __len__(self) -> int:
        """Return how many runs have it."""
        return len(self.woken) + len(self.kept)


class Signaller:
    """Accepts signals durably, then has the ledger apply them."""

    def __init__(self, store: Store, process: Process, drive: Callable[[], None]) -> None:
        self._store = store
        self._process = process
        self._drive = drive

    def to_run(
        self,
        run: str,
        name: str,
        payload: Mapping[str, Any] | None,
        key: str | None,
        idempotency_key: str | None,
    ) -> SignalAnswer:
        """Signal one run. Raises RunNotFoundError; a run that has ended refuses."""
        text = encode_payload(payload)
        check_value([name, key, idempotency_key], "signal")
        loaded = self._store.load([run]).get(run)
        if loaded is None:
            raise RunNotFoundError(run)
        if loaded.row.ended_at is not None:
            return SignalAnswer(refused=((run, f"the run is {loaded.row.status}"),))
        if why := self._refusal(loaded.row.plan, text) or _unfit(loaded, name, key, text):
            return SignalAnswer(refused=((run, why),))
        message = dump_message(Signal(id=0, name=name, key=key, addressed=True))
        (number,) = self._store.put([InboxMade(run, message, text, idempotency_key)])
        if number is None:
            return SignalAnswer(refused=((run, "a signal with this key was sent before"),))
        ticket = Ticket()
        self._process.ledger.put(Poke(run, ticket))
        self._drive()
        if not self._await(ticket):
            return SignalAnswer(kept=(run,))  # accepted, and applied when the store can
        return self._what_became(run, number, after=loaded.row.seq)

    def _refusal(self, hash_: str, payload: str | None) -> str:
        """Say why a payload fits no context of the run, before its key is used up."""
        plan = self._process.plans.get(hash_)
        return payload_refusal(plan.schema, payload) if plan.kind is PlanKind.MACHINE else ""

    def to_all(
        self,
        name: str,
        payload: Mapping[str, Any] | None,
        key: str | None,
        workflow: str | None,
    ) -> SignalAnswer:
        """Signal every run that waits for the name, or will by goto alone."""
        check_value([name, key, workflow], "signal")
        message = dump_message(Signal(id=0, name=name, key=key, addressed=key is not None))
        now = self._process.clock.now()
        announced = Announced(name, message, encode_payload(payload), workflow, key, now)
        reached = self._process.herald.proclaim(announced)
        ticket = Ticket()
        if reached:
            self._process.ledger.put(Poke(reached[-1][0], ticket))
        self._drive()
        if reached:
            self._await(ticket)
        woken = tuple(run for run, kind in reached if kind == "signal")
        kept = tuple(run for run, kind in reached if kind != "signal")
        narrowed = key is not None or workflow is not None
        warning = self._warning(name, len(reached), narrowed=narrowed)
        if warning or not reached:
            log.warning("signal %r %s", name, warning or NOBODY)
        return SignalAnswer(woken, kept, warning=warning)

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


def _unfit(loaded: Loaded, name: str, key: str | None, payload: str | None) -> str:
    """Say why the run's wait for a signal refuses it, before its key is used up."""
    rows = [wait for wait in loaded.waits if wait.kind in WAYS]
    ways = waiting_of(rows).ways if rows else ()
    fitting = [way for way in ways if way.fits("signal", name, key)]
    why = [refusal(way, "", payload, loaded.context) for way in fitting]
    return why[0] if why and all(why) else ""


def encode_payload(payload: Mapping[str, Any] | None) -> str | None:
    """Return a payload's JSON text. Raises InvalidValueError."""
    if payload is None:
        return None
    if not isinstance(payload, Mapping):
        raise InvalidValueError(f"a payload is a mapping, not a {type(payload).__name__}")
    return encode_value(dict(payload), "payload")
