"""Keeps this incarnation's lease, and takes over what dead ones have left.

A lease belongs to an incarnation: one process that opened the store, for as long as it lives.
Where its lock file can be seen to be free, or its lease has ended, it is buried and its attempts
are told to the kernel as lost. A process that was itself stalled waits a full lease first: it
cannot know whether others were, too.
"""

import logging

from perdure.kernel.messages import Lost
from perdure.ports.clock import Clock
from perdure.ports.rows import OwnedJob, WorkerRow
from perdure.ports.store import Store
from perdure.runtime.crew import Crew, owned_job
from perdure.runtime.envelopes import Told
from perdure.runtime.ledger import Ledger
from perdure.wire.encoding import encode

log = logging.getLogger("perdure.rescuer")

MOST_ORPHANS = 500
SOON = 0.05


class Rescuer:
    """One duty. `lease` is in seconds; it is renewed every third of it."""

    def __init__(
        self, *, store: Store, ledger: Ledger, crew: Crew, clock: Clock, lease: float
    ) -> None:
        self._store = store
        self._ledger = ledger
        self._crew = crew
        self._clock = clock
        self._lease = lease
        self._renewed = 0.0
        self._trusts_leases_after = 0.0
        self._strays: set[OwnedJob] = set()
        self.row: WorkerRow | None = None

    def join(self, host: str, pid: int, now: float) -> None:
        """Enter as a new incarnation."""
        self._renewed = self._clock.monotonic()
        self._trusts_leases_after = self._renewed + self._lease
        queues = self._crew.slots.queues
        serves = None if queues is None else encode(queues)
        self.row = self._store.join(host, pid, now, self._lease, serves)
        self._crew.slots.incarnation = self.row.id

    def leave(self) -> None:
        """End the incarnation in good order: nothing of it is left to be rescued.

        But for attempts that cannot be run again: whoever comes next is to find them lost.
        """
        if self.row is None:
            return
        lost = self._crew.cannot_run_again()
        owned = self._store.owned(self.row.id) if lost else []
        if lost.isdisjoint(owned):
            self._store.leave(self.row.id)
        else:
            self._store.hand_back([job for job in owned if job not in lost])
            self._store.bury(self.row.id, self._clock.now(), forced=True)
        self.row = None

    def fenced(self) -> bool:
        """Whether the lease may have ended, so that no attempt may go on in its name."""
        return self._clock.monotonic() > self._renewed + self._lease * 0.9

    def tick(self, now: float) -> float:
        """Renew, hand back what is ours and not held, rescue; return when to do so again."""
        if self.row is None:
            return now + self._lease
        began = self._clock.monotonic()
        if began - self._renewed > self._lease:
            self._trusts_leases_after = began + self._lease
        if self._store.renew(self.row.id, now, self._lease):
            self._renewed = began  # from before the request was sent
        else:
            self._rejoin(now)
        self._hand_back()
        more = self.rescue(now) == MOST_ORPHANS
        return now + (SOON if more else self._lease / 3)

    def rescue(self, now: float) -> int:
        """Bury the dead and tell their attempts lost; return how many were told."""
        for worker in self._store.workers():
            if self.row is not None and worker.id == self.row.id:
                continue
            trusted = self._clock.monotonic() >= self._trusts_leases_after
            if worker.lock is not None and self._store.is_dead(worker):
                self._store.bury(worker.id, now, forced=True)
            elif worker.lease_until < now and trusted:
                self._store.bury(worker.id, now, forced=False)
        if self._ledger.waiting > MOST_ORPHANS:
            return 0  # those that were told before may be among them
        orphans = self._store.orphans(MOST_ORPHANS)
        self._tell_lost(orphans)
        if orphans:
            log.warning("took over attempts of a dead worker", extra={"attempts": len(orphans)})
        return len(orphans)

    def _tell_lost(self, jobs: list[OwnedJob]) -> None:
        self._ledger.put_all(
            Told(job.run, Lost(job.step, job.visit, job.attempt), token=job.token) for job in jobs
        )

    def _rejoin(self, now: float) -> None:
        """Others took us for dead: stop everything, and begin again as somebody new."""
        assert self.row is not None
        log.error("the lease was lost; every attempt is stopped", extra={"worker": self.row.id})
        self._crew.stop_all(self._crew.working(), "lease")
        self._ledger.forget()
        self.join(self.row.host, self.row.pid, now)

    def _hand_back(self) -> None:
        """Compare the jobs claimed in our name with the attempts that we hold.

        A job without an attempt was claimed by a commit that nobody could confirm: it is given
        back. One whose attempt had begun, and was stopped because the lease might have ended, is
        lost like any other. An attempt without a job was called off by another process.
        """
        assert self.row is not None
        works = {owned_job(work, self.row.id): work for work in self._crew.working()}
        owned = set(self._store.owned(self.row.id))
        self._crew.stop_all((work for job, work in works.items() if job not in owned), "cancel")
        # one look may fall between a commit and its attempts' beginning; two do not
        strays = {job for job in owned - works.keys() if not self._crew.has_reported(job)}
        self._crew.cut_off &= owned
        lost = strays & self._crew.cannot_run_again()
        self._tell_lost(sorted(lost))
        strays -= lost
        sure = strays & self._strays
        self._strays = strays
        if sure:
            log.warning("gave back jobs that nobody works on", extra={"jobs": len(sure)})
            self._crew.given_back |= sure
            self._store.hand_back(sorted(sure))
            self._crew.slots.backlog()
