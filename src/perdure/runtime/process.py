"""Everything that one process runs, put together: ledger, crew and duties over one store.

Nothing here starts a thread: `Loop` drives real processes, the simulator its own.
"""

import logging
from collections.abc import Callable, Mapping

from perdure.authoring.registry import Registry
from perdure.ports.clock import Clock
from perdure.ports.executor import Executor
from perdure.ports.mailbox import Mailbox
from perdure.ports.store import Store
from perdure.ports.vault import Vault
from perdure.runtime.almanac import Almanac
from perdure.runtime.bundles import Bundles
from perdure.runtime.courier import Courier
from perdure.runtime.crew import Crew
from perdure.runtime.declared import Declared
from perdure.runtime.envelopes import Poke
from perdure.runtime.family import ChildrenOf
from perdure.runtime.herald import Herald
from perdure.runtime.hotrun import HotRun
from perdure.runtime.ledger import Ledger
from perdure.runtime.outside import Outside
from perdure.runtime.plans import Plans
from perdure.runtime.pruner import Pruner
from perdure.runtime.purse import StorePurse
from perdure.runtime.rescuer import Rescuer
from perdure.runtime.scheduler import Scheduler
from perdure.runtime.slots import Slots
from perdure.runtime.timekeeper import Timekeeper
from perdure.runtime.watcher import MOST_RUNS, Watcher

log = logging.getLogger("perdure.process")

CHECKPOINT_SECONDS = 2.0

Lanes = Mapping[str, tuple[Executor, int]]


class Process:
    """One incarnation. `lanes` are its executors and slots by name, over its mailbox.

    `queues` are those that it serves; None is every one. `keep` are the seconds for which a run is
    kept after its end; None is for ever. `vault` opens what is sealed, where runs have secrets.
    """

    def __init__(  # noqa: PLR0913 - what a process is put together from
        self,
        *,
        store: Store,
        clock: Clock,
        registry: Registry,
        mailbox: Mailbox,
        lanes: Lanes,
        lease: float = 30.0,
        queues: tuple[str, ...] | None = None,
        keep: float | None = None,
        vault: Vault | None = None,
    ) -> None:
        self.store = store
        self.clock = clock
        self.registry = registry
        self.plans = Plans(store)
        slots = Slots(registry, lanes, queues)
        self.crew = Crew(
            registry=registry, plans=self.plans, clock=clock, slots=slots, vault=vault,
            reader=store.outputs, purse=StorePurse(store, clock),
            family=ChildrenOf(registry, store, self.plans),
        )  # fmt: skip
        self.ledger = Ledger(store=store, clock=clock, plans=self.plans, crew=self.crew)
        self.herald = Herald(store, self.ledger, self.plans)
        outside = Outside(self.crew)
        self.almanac = Almanac(store, self.ledger, self.herald, outside, registry)
        self.bundles = Bundles(
            store=store, clock=clock, outside=outside, ledger=self.ledger,
            herald=self.herald, almanac=self.almanac,
        )  # fmt: skip
        self.courier = Courier(
            outboxes=lambda: registry.outboxes, bundles=self.bundles, plans=self.plans
        )
        self.timekeeper = Timekeeper(store, self.ledger, self.crew)
        self.scheduler = Scheduler(
            store, self.ledger, registry, Declared(store, registry, lambda: self.crew.slots.accepts)
        )
        self.pruner = Pruner(store, self.plans, keep)
        self.rescuer = Rescuer(
            store=store, ledger=self.ledger, crew=self.crew, clock=clock, lease=lease
        )
        self.mailbox, self.lanes = mailbox, lanes
        self.on_change: Callable[[], None] = lambda: None
        self.on_ended: Callable[[HotRun, float], None] = lambda _hot, _at: None
        self.watcher = Watcher(store, self.ledger, self.crew, self._changed)
        self.ledger.on_due = self.timekeeper.hint
        self.ledger.on_ended = self._ended
        self._next_rescue = self._next_checkpoint = 0.0
        self._checkpointed = 0

    def open(self, host: str, pid: int) -> None:
        """Enter the store and take up what others have left in it."""
        now = self.clock.now()
        self.rescuer.join(host, pid, now)
        self.rescuer.rescue(now)
        self.crew.slots.look(self.store.revisions())
        self.almanac.host(now)
        self.herald.recover()
        self.ledger.put_all(Poke(run) for run in self.store.inbox_runs(MOST_RUNS))
        self._next_rescue = now

    def tick(self, now: float) -> float:
        """Do every duty that is due, and return when the next one will be."""
        try:
            if now >= self._next_rescue:
                self._next_rescue = self.rescuer.tick(now)
        finally:  # after it: who alone was asleep takes his own lease again, and goes on
            if self.rescuer.fenced():
                self.crew.stop_all(self.crew.working(), "lease")
        self.ledger.put_all(self.crew.overdue())
        self._checkpoint(now)
        duties = (
            self.timekeeper, self.almanac, self.watcher, self.scheduler, self.herald, self.pruner,
        )  # fmt: skip
        wake_at = min(*(duty.tick(now) for duty in duties), self._next_rescue)
        beats = None if self.ledger.is_turning else self.crew.pulses.next_due()
        for moment in (self.crew.next_deadline(), beats):  # who turns now takes beats up himself
            if moment is not None:
                wake_at = min(wake_at, now + max(moment - self.clock.monotonic(), 0.0))
        return wake_at

    def is_due(self, now: float) -> bool:
        """Whether something is due that has not fired yet."""
        due = self.store.events.next_due()
        return bool(self.store.due_timers(now, 1)) or (due is not None and due <= now)

    def look_now(self) -> None:
        """Have the next tick look at everything that has a time, whenever it wanted to."""
        self.timekeeper.hint(0.0)
        self.almanac.hint(0.0)
        self.scheduler.hint(0.0)
        self._next_rescue = 0.0

    def _changed(self) -> None:
        self.scheduler.hint(0.0)
        self.on_change()

    def _ended(self, hot: HotRun, at: float) -> None:
        self.scheduler.ended(hot.run.id)
        self.on_ended(hot, at)

    def _checkpoint(self, now: float) -> None:
        """Have the store's log kept short, if anything was committed since the last time."""
        if now >= self._next_checkpoint and self.ledger.batches != self._checkpointed:
            self._checkpointed = self.ledger.batches
            self._next_checkpoint = now + CHECKPOINT_SECONDS
            self.store.checkpoint()

    def leave(self) -> int:
        """Hand back what runs, uncounted, and end the incarnation; return how many attempts."""
        handed = self.crew.drain()
        self.store.hand_back(handed)
        self.rescuer.leave()
        return len(handed)
