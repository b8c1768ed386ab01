"""The worker of a process: which attempts it holds, in which slots, until when.

Claimed means begun: a slot is taken before a job is claimed or born claimed, and the attempt
begins as soon as the commit is known. It stops its attempts by its own clock before its lease
ends. Only the thread that turns the ledger and the loop's thread call in here.
"""

import heapq
import logging
import threading
from collections.abc import Iterable, Sequence

from perdure.authoring.registry import Registry
from perdure.errors import AttemptStoppedError, StoreRefusedError
from perdure.kernel.paths import plan_name
from perdure.kernel.plan import DEFAULT_QUEUE, PlanKind
from perdure.ports.claims import Claimed
from perdure.ports.clock import Clock
from perdure.ports.commit import VERIFIES, Beat
from perdure.ports.executor import Body, Done, Executor, Family, OutputReader, Purse, Work
from perdure.ports.rows import OwnedJob
from perdure.ports.vault import Vault
from perdure.runtime.draft import Begin, Draft, Visit
from perdure.runtime.envelopes import Told, report_of, timed_out
from perdure.runtime.lanes import Held, Lane
from perdure.runtime.plans import Plans
from perdure.runtime.pulses import Pulses
from perdure.runtime.slots import Slots
from perdure.runtime.trials import Trials, verdict_of

log = logging.getLogger("perdure.worker")

MOST_STALE = 64  # deadlines of attempts that have ended, before they are swept


class Crew:
    """Holds attempts for one incarnation, in these slots."""

    def __init__(  # noqa: PLR0913 - what its attempts have
        self,
        *,
        registry: Registry,
        plans: Plans,
        clock: Clock,
        slots: Slots,
        reader: OutputReader,
        family: Family | None = None,
        vault: Vault | None = None,
        purse: Purse | None = None,
    ) -> None:
        self.slots = slots
        self._registry = registry
        self._plans = plans
        self._clock = clock
        self._reader = reader
        self._family = family
        self._vault = vault
        self._purse = purse
        self._held: dict[Visit, Held] = {}
        self._abandoned: dict[Work, Held] = {}  # the visit has a newer attempt; they keep a slot
        self._reported: set[tuple[str, str, int, int]] = set()
        self.cut_off: set[OwnedJob] = set()  # stopped for the lease's sake; they count as lost
        self.given_back: set[OwnedJob] = set()  # claimed, not begun in time, and not to begin now
        self._once: dict[Work, OwnedJob] = {}  # begun, of steps that are run at most once
        self._runs: dict[str, int] = {}
        self._deadlines: list[tuple[float, int, Work]] = []
        self._orders = 0
        self._lock = threading.Lock()
        self.pulses = Pulses(clock)
        self._trials = Trials(registry, self.slots.revisions)

    @property
    def incarnation(self) -> int:
        """The number of the incarnation that attempts are held for."""
        return self.slots.incarnation

    def wants_turn(self) -> bool:
        """Whether the ledger is to take a turn, even without a message."""
        return self.slots.wants_claim() or self.pulses.are_due() or self.slots.wants_announcing()

    # -- attempts ----------------------------------------------------------------------------
    def begin(self, draft: Draft, passed: frozenset[str], claimed: Sequence[Claimed]) -> None:
        """Begin what the commit gave us, and stop what it took away."""
        self.slots.release()
        for run, step, visit in draft.stops:
            if run in passed:
                self.stop((run, step, visit), "cancel")
        for lane, due in draft.queued:
            if due <= draft.now and lane in self.slots.lanes:
                self.slots.lanes[lane].backlog = True
        self.slots.note(draft.commit.claim, claimed)
        if not self.slots.accepts or draft.owner != self.incarnation:
            return  # drained, or taken for dead, meanwhile: they are handed back, or found as lost
        for key, begin in draft.begins.items():
            if key[0] in passed:
                self._begin(*self._work(begin))
        for job in claimed:
            self._begin_claimed(job)

    def _work(self, begin: Begin) -> tuple[Work, Body]:
        hot = begin.hot
        step = hot.plan.step(plan_name(begin.step))
        body = self._registry.body(hot.plan, step)
        assert body is not None  # it was there when the slot was reserved
        work = Work(
            hot.run.id, hot.plan, step, begin.step, begin.visit, begin.attempt, begin.token,
            hot.context, begin.payload, self._reader, self.beat, begin.verify, self._family,
            called_off=self.is_called_off, keyed=begin.keyed, vault=self._vault, purse=self._purse,
        )  # fmt: skip
        return work, body

    def _begin_claimed(self, job: Claimed) -> None:
        try:
            plan = self._plans.get(job.plan)
        except StoreRefusedError:
            log.exception("a job was claimed whose plan cannot be read; it is handed back")
            return
        step = plan.step(plan_name(job.step))
        if plan.kind is PlanKind.MACHINE and not self.slots.revisions.has(plan):
            if (trial := self._trials.begin(job, plan, step)) is not None:
                self._begin(*trial)
            return
        if (body := self._registry.body(plan, step)) is None:
            log.warning(
                "no code here for step %r of %r; its job is handed back", job.step, job.workflow
            )
            return
        work = Work(
            job.run, plan, step, job.step, job.visit, job.attempt, job.token,
            job.context, job.payload, self._reader, self.beat, job.mode == VERIFIES, self._family,
            called_off=self.is_called_off, keyed=job.keyed, vault=self._vault, purse=self._purse,
        )  # fmt: skip
        self._begin(work, body)

    def _begin(self, work: Work, body: Body) -> None:
        lane, key = self.slots.lanes[work.step.lane], _visit(work)
        if self.given_back and owned_job(work, self.incarnation) in self.given_back:
            return  # this thread stood still since the commit, and others did not
        with self._lock:
            lane.free -= 1
            older = self._held.get(key)
            if older is not None:
                self._abandoned[older.work] = older
            held = self._held[key] = Held(work, lane)
            self._runs[work.run] = self._runs.get(work.run, 0) + 1
            if work.step.at_most_once and work not in self._trials:
                self._once[work] = owned_job(work, self.incarnation)
            if work.step.timeout is not None:
                held.due = self._clock.monotonic() + work.step.timeout
                self._set_deadline(held)
        if older is not None and not older.stop:  # others took it for lost, and it was claimed here
            older.stop = "lost"
            older.lane.executor.stop(older.work, "lost")
        try:
            self._executor(work, lane).submit(work, body)
        except RuntimeError:  # no more threads; its job is not held, and will be handed back
            log.exception("an attempt could not begin")
            with self._lock:
                self._once.pop(work, None)
                self._release(work)
                self._let_go(work.run)

    def _executor(self, work: Work, lane: Lane) -> Executor:
        """Return what runs an attempt; a trial only looks at the context, which needs no process."""
        return (
            lane.executor
            if work not in self._trials
            else self.slots.lanes.get("thread", lane).executor
        )

    def _set_deadline(self, held: Held) -> None:
        self._orders += 1
        heapq.heappush(self._deadlines, (held.due, self._orders, held.work))
        if len(self._deadlines) > 2 * len(self._held) + MOST_STALE:
            self._deadlines = [entry for entry in self._deadlines if self._is_held(entry[2])]
            heapq.heapify(self._deadlines)

    def _is_held(self, work: Work) -> bool:
        held = self._held.get(_visit(work))
        return held is not None and held.work is work

    def beat(self, work: Work, progress: float | None, detail: str | None) -> None:
        """Take a heartbeat, from the attempt's own thread; its time begins again.

        Raises AttemptStoppedError if the attempt is not wanted any more.
        """
        with self._lock:
            held = self._held.get(_visit(work))
            if held is None or held.work is not work:
                raise AttemptStoppedError(work.path, "lost" if work in self._abandoned else "ended")
            if held.stop:
                raise AttemptStoppedError(work.path, held.stop)
            if work.step.timeout is not None:
                held.due = self._clock.monotonic() + work.step.timeout
        at = self._clock.now()
        self.pulses.add(Beat(*_visit(work), work.token, self.incarnation, at, progress, detail))

    def is_called_off(self, work: Work) -> bool:
        """Whether an attempt is not wanted any more. What others called off shows in a second."""
        with self._lock:
            held = self._held.get(_visit(work))
            if held is None or held.work is not work or held.stop:
                return True
        now = self._clock.now()
        self.pulses.add(Beat(*_visit(work), work.token, self.incarnation, now, None, None))
        return False

    def beaten(self, beats: Iterable[Beat], stale: Iterable[Beat]) -> None:
        """Take note of heartbeats that were committed; end the attempts that others called off."""
        self.pulses.told(beats)
        for beat in stale:
            if (held := self._held.get(beat[:3])) and held.work.token == beat.token:
                self.stop(beat[:3], "cancel")

    def done(self, done: Done) -> Told | None:
        """Take an executor's report: free the slot, and return what to tell the ledger.

        None if the attempt was given up before: its deadline passed, or it was called off.
        """
        work = done.work
        heir = self._trials.end(work)
        with self._lock:
            if (held := self._release(work)) is None:
                return None
            self.pulses.drop(_visit(work))
            if held.stop:
                if held.stop not in ("drain", "timeout"):
                    self._once.pop(work, None)
                self._let_go(work.run)
                return None
            self._reported.add((*_visit(work), work.token))
        report = report_of(done) if heir is None else verdict_of(done, heir)
        return Told(work.run, report, done, work.token, held=True)

    def _release(self, work: Work) -> Held | None:
        """Free the slot of an attempt, and return how it was held; None if it was not."""
        key = _visit(work)
        held = self._held.get(key)
        if held is not None and held.work is work:
            del self._held[key]
        elif (abandoned := self._abandoned.pop(work, None)) is not None:
            held = abandoned
        else:
            return None
        held.lane.free += 1
        if work.step.queue != DEFAULT_QUEUE:
            self.slots.backlog()  # what its queue's limit held back may wait, on any lane
        return held

    def let_go(self, done: Done) -> None:
        """Forget a report: it has been taken to the store, or cannot be."""
        work = done.work
        with self._lock:
            self._reported.discard((*_visit(work), work.token))
            self._once.pop(work, None)
            self._let_go(work.run)

    def _let_go(self, run: str) -> None:
        left = self._runs.get(run, 0) - 1
        if left > 0:
            self._runs[run] = left
        else:
            self._runs.pop(run, None)

    def has_reported(self, job: OwnedJob) -> bool:
        """Whether the report of this job's attempt is on its way to the store."""
        return (job.run, job.step, job.visit, job.token) in self._reported

    def cannot_run_again(self) -> set[OwnedJob]:
        """Return the jobs that have begun, are not known to have ended, and count as lost."""
        with self._lock:
            return self.cut_off | set(self._once.values())

    def holds(self, run: str) -> bool:
        """Whether an attempt of this run is held here, or its report is on its way."""
        return run in self._runs

    def holding(self) -> list[Work]:
        """Return the attempts that are held here, also those that were asked to end."""
        with self._lock:
            return [held.work for held in (*self._held.values(), *self._abandoned.values())]

    def working(self) -> list[Work]:
        """Return the attempts that are held here and whose reports are wanted."""
        with self._lock:
            return [held.work for held in self._held.values() if not held.stop]

    def stop(self, key: Visit, why: str) -> None:
        """Ask an attempt to end; what it reports from now on is not wanted."""
        with self._lock:
            held = self._held.get(key)
            if held is None or held.stop:
                return
            held.stop = why
            if why == "lease":
                self.cut_off.add(owned_job(held.work, self.incarnation))
        held.lane.executor.stop(held.work, why)

    def stop_all(self, works: Iterable[Work], why: str) -> None:
        """Ask these attempts to end, unless they have ended meanwhile."""
        for work in works:
            if self._is_held(work):
                self.stop(_visit(work), why)

    # -- time --------------------------------------------------------------------------------
    def overdue(self) -> list[Told]:
        """Stop the attempts whose time is up, and return the reports of their failure."""
        now = self._clock.monotonic()
        late: list[Held] = []
        with self._lock:
            while self._deadlines and self._deadlines[0][0] <= now:
                _, _, work = heapq.heappop(self._deadlines)
                held = self._held.get(_visit(work))
                if held is None or held.work is not work or held.stop:
                    continue
                if held.due > now:  # it has said meanwhile that it lives
                    self._set_deadline(held)
                else:
                    held.stop = "timeout"
                    late.append(held)
                    self._reported.add((*_visit(work), work.token))
                    self._runs[work.run] += 1  # the report that is made here holds the run, too
        for held in late:
            held.lane.executor.stop(held.work, "timeout")
        return [timed_out(held.work, self._clock.now()) for held in late]

    def next_deadline(self) -> float | None:
        """Return when the next attempt's time is up, on the monotonic clock."""
        with self._lock:
            return self._deadlines[0][0] if self._deadlines else None

    def drain(self) -> list[OwnedJob]:
        """Accept no more, ask what runs to end, and return it to be handed back uncounted.

        What is run at most once is not: it has begun.
        """
        self.slots.accepts = False
        works = self.working()
        self.stop_all(works, "drain")
        return [owned_job(w, self.incarnation) for w in works if not w.step.at_most_once]


def owned_job(work: Work, owner: int) -> OwnedJob:
    """Return the row by which a store knows an attempt that this incarnation has claimed."""
    return OwnedJob(work.run, work.path, work.visit, work.attempt, work.token, owner)


def _visit(work: Work) -> Visit:
    return work.run, work.path, work.visit
