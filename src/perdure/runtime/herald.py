"""Brings broadcasts into the inboxes of the runs that wait for them, a slice at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache

from perdure.authoring.payloads import event_refusal, payload_refusal
from perdure.kernel.plan import PlanKind
from perdure.kernel.ways import Way
from perdure.ports.broadcasts import Reached
from perdure.ports.events import SIGN
from perdure.ports.rows import Announced
from perdure.ports.store import Store
from perdure.runtime.envelopes import Poke
from perdure.runtime.fitting import refusal
from perdure.runtime.ledger import Ledger
from perdure.runtime.plans import Plans
from perdure.wire.encoding import decode, encode
from perdure.wire.matching import mismatch

SLICE = 500
"""Runs that have a broadcast by one transaction: a few milliseconds of the writer's time."""
LOOK_SECONDS = 5.0


@dataclass(slots=True)
class Heard:
    """Whom a broadcast was put to: (run, kind of wait), and (run, why) of those that refused it.

    `mailed` if it is kept for a wait to come. Who waits for an event that brings other values is
    not meant, and refuses nothing.
    """

    runs: list[tuple[str, str]] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    mailed: bool = False


class Herald:
    """One duty. A broadcast whose process died, or lost its store, between two slices goes on."""

    def __init__(self, store: Store, ledger: Ledger, plans: Plans) -> None:
        self._store = store
        self._ledger = ledger
        self._plans = plans
        self._under_way: set[int] = set()
        self._left: set[int] = set()
        self._next = 0.0

    def proclaim(self, signal: Announced) -> Heard:
        """Accept a broadcast and deliver it; return whom it was put to."""
        return self.deliver(self._store.announce(signal))

    def recover(self) -> int:
        """Go on with broadcasts that were half delivered; return how many there were."""
        left = self._store.undelivered()
        for number in left:
            self.deliver(number)
        return len(left)

    def tick(self, now: float) -> float:
        """Go on with broadcasts that nobody brings to their end; return when to look again.

        One that was there at the last look already is taken to be left.
        """
        if now >= self._next:
            self._next = now + LOOK_SECONDS
            there = set(self._store.undelivered()) - self._under_way
            for number in sorted(there & self._left):
                self.deliver(number)
            self._left = there
        return self._next

    def deliver(self, number: int) -> Heard:
        """Bring an accepted broadcast to its end; return whom it was put to."""
        heard = Heard()
        others: set[str] = set()

        def refusal(reached: Reached, payload: str | None) -> str:
            if why := _another(reached.ways, payload):
                others.add(reached.run)
                return why
            return self._refusal(reached, payload)

        more = True
        with self._going(number):
            while more:
                slice_ = self._store.deliver(number, SLICE, refusal)
                self._ledger.put_all(Poke(run) for run, _ in slice_.runs)
                heard.runs.extend(slice_.runs)
                heard.refused.extend(one for one in slice_.refused if one[0] not in others)
                heard.mailed, more = slice_.mailed, slice_.more
        return heard

    @contextmanager
    def _going(self, number: int) -> Iterator[None]:
        self._under_way.add(number)
        try:
            yield
        finally:
            self._under_way.discard(number)

    def _refusal(self, reached: Reached, payload: str | None) -> str:
        """Say why a run refuses a broadcast: its context has no place for it, or no way takes it."""
        plan = self._plans.get(reached.plan)
        why = ""
        if plan.kind is PlanKind.MACHINE:
            if payload is not None and payload.startswith(SIGN):
                why = event_refusal(plan.schema, payload)
            else:
                why = payload_refusal(plan.schema, payload)
        return why or _unfit(reached.ways, payload)


@lru_cache(maxsize=256)
def _another(ways: str, payload: str | None) -> str:
    """Say which value is another than all the open ways want of an event; empty if one has its."""
    if payload is None or not payload.startswith(SIGN):
        return ""
    wanted = [asked[0] if asked else None for asked in decode(ways)]
    brought = encode(decode(payload)[0])
    names = [mismatch(match, brought) for match in wanted if match]
    return f"it waits for another {names[0]!r}" if names and all(names) and all(wanted) else ""


@lru_cache(maxsize=256)  # the runs of one broadcast mostly ask for the same
def _unfit(ways: str, payload: str | None) -> str:
    why = [
        refusal(Way(name="", match=asked[0] or "", accepts=asked[1] or ""), "", payload, "{}")
        if asked
        else ""
        for asked in decode(ways)
    ]
    return why[0] if why and all(why) else ""
