"""The slots of a worker: which are free, for which jobs, and whether any may wait in the store."""

from collections.abc import Mapping, Sequence

from perdure.authoring.registry import Registry
from perdure.kernel.plan import DEFAULT_QUEUE, Plan, PlanKind, StepPlan
from perdure.ports.claims import Claim, Claimed
from perdure.ports.commit import Commit
from perdure.ports.executor import Executor
from perdure.ports.rows import RevisionRow
from perdure.runtime.hotrun import HotRun
from perdure.runtime.lanes import Lane
from perdure.runtime.limits import DeclaredLimits
from perdure.runtime.revisions import Revisions

MOST_CLAIMED = 256


class Slots:
    """The lanes of one worker. `queues` are those that it serves; None is every one.

    While it does not accept, it reserves and claims nothing.
    """

    def __init__(
        self,
        registry: Registry,
        executors: Mapping[str, tuple[Executor, int]],
        queues: tuple[str, ...] | None = None,
    ) -> None:
        self.accepts = True
        self.incarnation = 0
        self.queues = queues
        self.revisions = Revisions(registry)
        self.limits = DeclaredLimits(registry)
        self.lanes = {
            name: Lane(executor, slots, slots) for name, (executor, slots) in executors.items()
        }
        self._registry = registry
        self._born = DEFAULT_QUEUE if queues is None or DEFAULT_QUEUE in queues else ""

    def reserve(self, hot: HotRun, step: StepPlan) -> bool:
        """Take a slot for an attempt that begins as soon as the commit is known, if it may.

        One that a queue may limit may not: its turn is for the store to say, in a claim.
        """
        lane = self.lanes.get(step.lane)
        if lane is None or lane.backlog or step.queue != self._born or hot.fair is not None:
            return False
        return self._take(lane, hot.plan, step)

    def regain(self, hot: HotRun, step: StepPlan) -> bool:
        """Take the slot again that a trial had, for the attempt that it went before, if one is free.

        The trial's job was claimed, so its queue has counted it already.
        """
        lane = self.lanes.get(step.lane)
        return lane is not None and self._take(lane, hot.plan, step)

    def _take(self, lane: Lane, plan: Plan, step: StepPlan) -> bool:
        if not self.accepts or lane.free <= lane.reserved or not self._hosts(plan, step):
            return False
        lane.reserved += 1
        return True

    def _hosts(self, plan: Plan, step: StepPlan) -> bool:
        if plan.kind is PlanKind.MACHINE:
            return self.revisions.has(plan)
        if self._registry.body(plan, step) is None:
            return False  # only then is `has` asked: the first body of a graph may bring it
        return self._registry.has(step)

    def release(self) -> None:
        """Give back the slots that were reserved in a turn that did not commit."""
        for lane in self.lanes.values():
            lane.reserved = 0

    def wants_claim(self) -> bool:
        """Whether jobs may wait in the store for a slot that is free here."""
        self.refresh()
        return bool(self.accepts and self.revisions.hosts and self._open())

    def wants_announcing(self) -> bool:
        """Whether others are to be told which revisions this process hosts."""
        return self.accepts and self.revisions.are_due

    def announce(self, commit: Commit, stored: set[str]) -> None:
        """Add to a commit what others are to be told; plans are known to be `stored` by hash."""
        self.revisions.announce(commit, stored, self.lanes)

    def refresh(self) -> None:
        """Look at what this process hosts; where that has changed, jobs for it may wait."""
        if self.revisions.refresh(self.incarnation):
            self.backlog()

    def look(self, rows: Sequence[RevisionRow]) -> None:
        """Take note of what live processes have announced."""
        if self.revisions.look(rows):
            self.backlog()

    def claim(self) -> Claim | None:
        """Ask for jobs for the lane with the most free slots that has a backlog."""
        if not self.wants_claim():
            return None
        free, name = max((lane.free - lane.reserved, name) for name, lane in self._open())
        return self._claim(min(free, MOST_CLAIMED), [name])

    def claim_of_any(self) -> Claim:
        """Return what asks whether a job waits for any lane that has a free slot and a backlog.

        They count as empty from now on: what is said of them while the store is asked is kept.
        """
        names = [name for name, _ in self._open()]
        for name in names:
            self.lanes[name].backlog = False
        return self._claim(1, names)

    def _claim(self, most: int, lanes: Sequence[str]) -> Claim:
        hosts = tuple(f"{lane}:{host}" for lane in lanes for host in self.revisions.hosts)
        return Claim(self.incarnation, most, hosts, self.queues, self.revisions.seen)

    def _open(self) -> list[tuple[str, Lane]]:
        """Return the lanes that have a backlog and a free slot, by their names."""
        return [
            (name, lane)
            for name, lane in self.lanes.items()
            if lane.backlog and lane.free > lane.reserved
        ]

    def may_wait(self, asked: Claim) -> None:
        """Say that jobs may wait in the store for the lanes of a claim."""
        for host in asked.hosts:
            self.lanes[host.partition(":")[0]].backlog = True

    def note(self, claim: Claim | None, claimed: Sequence[Claimed]) -> None:
        """Note that a claim which was not filled has emptied the backlog of its lane."""
        if claim is not None and len(claimed) < claim.most:
            lane, _, _ = claim.hosts[0].partition(":")
            self.lanes[lane].backlog = False

    def backlog(self) -> None:
        """Say that jobs may wait in the store: someone else made them, or their time has come."""
        for lane in self.lanes.values():
            lane.backlog = True
