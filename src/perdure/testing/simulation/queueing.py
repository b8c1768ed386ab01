"""Queues in a history: which steps are on them, and what must hold of every claim.

What is drawn here hangs on plans and runs, so that it moves no other draw. The judge counts for
itself, from the jobs as they stand after each transaction.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple, Protocol

from perdure.authoring.plans import dump, seal
from perdure.kernel.paths import plan_name
from perdure.kernel.plan import DEFAULT_QUEUE, Plan
from perdure.kernel.run import Status
from perdure.ports import claims
from perdure.ports.claims import Claim
from perdure.ports.commit import UNSETTLED, Commit, Committed
from perdure.ports.queues import QueueKeeper
from perdure.ports.rows import JobRow, Loaded, QueueRow
from perdure.ports.store import Store
from perdure.testing.simulation.track import Track
from perdure.testing.simulation.world import Violation, World
from perdure.wire.encoding import decode

QUEUES = ("mail", "gpu")
FAIR = (None, None, "ann", "bob", "cid")


def with_queues(plan: Plan) -> Plan:
    """Return the plan with some of its steps on queues."""
    own = random.Random(f"{dump(plan)} on queues")  # noqa: S311 - it must come again
    if own.random() < 0.55:
        return plan
    share = own.choice((0.4, 1.0))
    names = own.choice((QUEUES, QUEUES[:1]))
    steps = [
        replace(step, queue=own.choice(names)) if own.random() < share else step
        for step in plan.steps
    ]
    return seal(replace(plan, steps=tuple(steps)))


def fair_key(run: str) -> str | None:
    """Return the fair key that a run is started with."""
    return random.Random(f"{run} is fair").choice(FAIR)  # noqa: S311 - it must come again


def served(seed: int, number: int) -> tuple[str, ...] | None:
    """Return the queues that a machine serves; the first one serves all."""
    own = random.Random(f"{seed} serves {number}")  # noqa: S311 - it must come again
    if number == 0:
        return None
    return own.choice((None, None, QUEUES, (DEFAULT_QUEUE,), (DEFAULT_QUEUE, *QUEUES[:1])))


Place = tuple[str, tuple[str, ...], str]
"""A queue, what a worker can run, and a fair key."""


class Writes(Protocol):
    """How a simulated process writes to its store."""

    def __call__(self, what: str, ask: Callable[[], None]) -> None:
        """Write, if nothing goes wrong."""


class Reads(Protocol):
    """How a simulated process reads from its store."""

    def __call__(self, what: str, ask: Callable[[], bool]) -> bool:
        """Read; others may run before and after it."""


class SimQueues:
    """The queues of a store as one simulated process has them."""

    def __init__(self, inner: QueueKeeper, write: Writes, read: Reads) -> None:
        self._inner = inner
        self._write = write
        self._read = read

    def limit_concurrency(self, queue: str, most: int | None) -> None:
        """Let a queue have so many attempts under way at a time."""
        self._write("limit_concurrency", lambda: self._inner.limit_concurrency(queue, most))

    def limit_rate(self, queue: str, most: int | None, seconds: float | None) -> None:
        """Let so many attempts of a queue be begun in any span of seconds."""
        self._write("limit_rate", lambda: self._inner.limit_rate(queue, most, seconds))

    def may_give(self, wanted: Claim, now: float) -> bool:
        """Whether a claim could get something."""
        return self._read("may_give", lambda: self._inner.may_give(wanted, now))

    def standing(self, now: float) -> list[QueueRow]:
        """Return the queues that have jobs or limits."""
        return self._inner.standing(now)


class Waits(NamedTuple):
    """A job as it stands, on its queue."""

    run: str
    queue: str
    fair: str | None
    rank: float
    host: str
    job: JobRow
    may_begin: bool


class QueueJudge:
    """Holds every claim to the limits, and to whose turn it was."""

    def __init__(self, store: Store, world: World, tracks: Mapping[str, Track]) -> None:
        self._store = store
        self._world = world
        self._tracks = tracks
        self._busy: Counter[str] = Counter()
        self._begun: dict[str, list[tuple[float, float]]] = {}
        self._rates: dict[str, tuple[int | None, float | None]] = {}
        self._passed: dict[Place, Counter[str]] = {}

    def committed(self, done: Commit, committed: Committed) -> None:
        """Look at the queues after a commit. Raises Violation."""
        if not (committed.moved or committed.born or committed.claimed):
            return  # most claims find nothing
        jobs = list(self._jobs(done.now))
        claimed = self._claimed(jobs, committed)
        limits = {row.name: row for row in self._store.queues.standing(done.now)}
        self._concurrency(jobs, claimed, limits)
        self._rate(claimed, limits, done.now)
        if done.claim is not None and claimed:
            self._served(done.claim, claimed)
            self._age(done.claim, claimed, jobs)
            self._turns(done.claim, claimed, jobs)

    def _jobs(self, now: float) -> Iterable[Waits]:
        live = [run for run, track in self._tracks.items() if not track.run.ended]
        for run, loaded in self._store.load(live).items():
            track = self._tracks[run]
            for job in loaded.jobs:
                yield self._stands(track, loaded, job, now)

    def _stands(self, track: Track, loaded: Loaded, job: JobRow, now: float) -> Waits:
        row = loaded.row
        step = track.plan.step(plan_name(job.step))
        held = row.paused and row.status != Status.CANCELLING
        may = (
            job.owner is None
            and job.mode != UNSETTLED
            and job.due <= now
            and not held
            and not job.stranded
        )
        host = f"{step.lane}:{step.host or track.plan.host}"
        fair = row.fair if step.queue == DEFAULT_QUEUE else row.fair or ""
        rank = job.due - claims.PRIORITY_SECONDS * row.priority
        return Waits(row.id, step.queue, fair, rank, host, job, may)

    def _claimed(self, jobs: Sequence[Waits], committed: Committed) -> list[Waits]:
        keys = {(job.run, job.step, job.visit, job.token) for job in committed.claimed}
        return [
            each
            for each in jobs
            if each.job.owner is not None
            and (each.run, each.job.step, each.job.visit, each.job.token) in keys
        ]

    def _concurrency(
        self, jobs: Sequence[Waits], claimed: Sequence[Waits], limits: Mapping[str, QueueRow]
    ) -> None:
        """Let no more be under way than the limit says, unless it was lowered since they began."""
        busy = Counter(each.queue for each in jobs if each.job.owner is not None)
        for queue, row in limits.items():
            fresh = any(each.queue == queue for each in claimed)
            most = row.concurrency
            if most is not None and busy[queue] > (most if fresh else max(most, self._busy[queue])):
                raise Violation(
                    "queue", f"{busy[queue]} attempts of {queue!r}, at most {most} may be"
                )
        self._busy = busy

    def _rate(self, claimed: Sequence[Waits], limits: Mapping[str, QueueRow], now: float) -> None:
        """Let no more begin in any span than the rate says that has held since.

        By the clocks of the machines, which differ, and by true time: a claim that was held up
        before it was committed has an old time, and what counted for that may be gone.
        """
        for queue, row in limits.items():
            if self._rates.get(queue) != (row.most, row.seconds):
                self._rates[queue] = (row.most, row.seconds)
                self._begun[queue] = []
            mine = [each for each in claimed if each.queue == queue]
            begun = self._begun.setdefault(queue, [])
            begun += [(now, self._world.time)] * len(mine)
            if row.most is None or row.seconds is None or not mine:
                continue
            count = _within(row.seconds, now, [at for at, _ in begun])
            truly = _within(row.seconds, self._world.time, [at for _, at in begun])
            if min(count, truly) > row.most:
                raise Violation(
                    "queue", f"{count} of {queue!r} began within {row.seconds} s, not {row.most}"
                )
            self._world.trace.sometimes("a rate let something begin")

    def _served(self, claim: Claim, claimed: Sequence[Waits]) -> None:
        """Give a worker nothing of queues that it does not serve."""
        row = next((row for row in self._store.workers() if row.id == claim.owner), None)
        if row is not None and row.queues is not None:
            for each in claimed:
                if each.queue not in decode(row.queues):
                    raise Violation("queue", f"{each} was claimed by one who serves {row.queues}")

    def _age(self, claim: Claim, claimed: Sequence[Waits], jobs: Sequence[Waits]) -> None:
        """Claim the least rank of what one key has waiting on a queue."""
        for each in claimed:
            for other in jobs:
                same = (other.queue, other.fair) == (each.queue, each.fair)
                if same and self._could(other, claim) and other.rank < each.rank:
                    raise Violation("rank", f"{each} was claimed before {other}")

    def _could(self, each: Waits, claim: Claim) -> bool:
        return each.may_begin and each.host in claim.hosts

    def _turns(self, claim: Claim, claimed: Sequence[Waits], jobs: Sequence[Waits]) -> None:
        """Pass a key that waits and has nothing under way over for each other one once, at most.

        And none gets more than one attempt ahead of another that waits.
        """
        keyed = [each for each in jobs if each.fair is not None]
        for queue in {each.queue for each in claimed if each.fair is not None}:
            mine = [each for each in keyed if each.queue == queue]
            busy = Counter(each.fair for each in mine if each.job.owner is not None)
            got = Counter(
                each.fair for each in claimed if each.queue == queue and each.fair is not None
            )
            waiting = {each.fair for each in mine if self._could(each, claim)}
            for place in list(self._passed):
                if place[:2] == (queue, claim.hosts) and place[2] not in waiting:
                    del self._passed[place]
            for key in {each.fair for each in mine if each.fair is not None} & waiting:
                self._waits((queue, claim.hosts, key), got, busy)

    def _waits(self, place: Place, got: Counter[str], busy: Counter[str | None]) -> None:
        """Hold what the other keys of a queue got to the one that waits still."""
        queue, _, key = place
        self._world.trace.sometimes("a fair key waited for its turn")
        for other in got:
            if other != key and busy[other] > busy[key] + 1:
                raise Violation("fair", f"{other!r} has {busy[other]} of {queue}, {key!r} waits")
        if busy[key]:
            self._passed.pop(place, None)
            return
        passed = self._passed.setdefault(place, Counter())
        passed.update({other: count for other, count in got.items() if other != key})
        twice = [other for other, count in passed.items() if count > 1]
        if twice:
            raise Violation("fair", f"{key!r} was passed over twice by {twice[0]!r} on {queue}")


def _within(seconds: float, now: float, times: Iterable[float]) -> int:
    return sum(now - seconds < at <= now for at in times)
