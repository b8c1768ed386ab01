"""The rows of one batch, gathered run by run until they are a commit.

What is made and goes again within the batch is never written: a store deletes before it
inserts, so the two must not meet.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from perdure.kernel.brood import pack_brood
from perdure.kernel.plan import StepPlan
from perdure.kernel.run import Run, Status, pack_marks
from perdure.ports.broadcasts import Call
from perdure.ports.commit import (
    Born,
    Commit,
    JobGone,
    JobMade,
    KeptMade,
    Moved,
    TimerGone,
    TimerMade,
    WaitGone,
    WaitMade,
)
from perdure.runtime.envelopes import Birth
from perdure.runtime.hotrun import HotRun
from perdure.runtime.packing import dump_scopes, dump_visits
from perdure.wire.encoding import encode

ADMITS = '["Start"]'
"""What a run is told whose turn in line it is."""

Visit = tuple[str, str, int]

Reserve = Callable[[HotRun, StepPlan], bool]
"""Takes a slot for an attempt that would begin here and now; False if it must be queued."""


@dataclass(frozen=True, slots=True)
class Begin:
    """An attempt that is born claimed, and begins when the commit is known."""

    hot: HotRun
    step: str
    visit: int
    attempt: int
    token: int
    payload: str | None
    verify: bool = False
    keyed: int | None = None


@dataclass(slots=True, kw_only=True)
class Draft:
    """One batch. `owner` is the incarnation in whose name jobs are born claimed.

    `regain` takes a slot for an attempt whose job was claimed here before.
    """

    batch: int
    now: float
    owner: int
    reserve: Reserve
    regain: Reserve
    commit: Commit = field(init=False)
    jobs: dict[Visit, JobMade] = field(default_factory=dict)
    waits: dict[tuple[str, str, int, str], list[WaitMade]] = field(default_factory=dict)
    timers: dict[tuple[str, str, int, str], TimerMade] = field(default_factory=dict)
    kept: dict[tuple[str, int], KeptMade] = field(default_factory=dict)
    contexts: dict[str, str] = field(default_factory=dict)
    moved: dict[str, tuple[HotRun, int]] = field(default_factory=dict)
    born: dict[str, tuple[HotRun, Born]] = field(default_factory=dict)
    begins: dict[Visit, Begin] = field(default_factory=dict)
    stops: list[Visit] = field(default_factory=list)
    queued: list[tuple[str, float]] = field(default_factory=list)  # lane, due
    offspring: list[Birth] = field(default_factory=list)  # to be borne with their parent's move
    calls: dict[Visit, list[Call]] = field(default_factory=dict)  # of waits, by their visits

    def __post_init__(self) -> None:
        """Begin an empty commit."""
        self.commit = Commit(batch=self.batch, now=self.now, admits=ADMITS)

    def touch(self, hot: HotRun) -> None:
        """Note that a run changes: it goes from the sequence it has now to the one at the end."""
        if hot.run.id not in self.moved and hot.run.id not in self.born:
            self.moved[hot.run.id] = (hot, hot.seq)

    def drop_job(self, run: str, step: str, visit: int, token: int | None) -> None:
        """Take a job away; with a token, only if it still stands under it."""
        key = (run, step, visit)
        self.begins.pop(key, None)
        if self.jobs.pop(key, None) is None:
            self.commit.jobs_gone.append(JobGone(run, step, visit, token))

    def make_wait(self, made: WaitMade) -> None:
        """Enter a wait."""
        self.waits.setdefault((made.run, made.step, made.visit, made.kind), []).append(made)

    def drop_waits(self, run: str, step: str, visit: int, kind: str) -> None:
        """Take away the waits of a visit; a run that was woken must still have had one."""
        if self.waits.pop((run, step, visit, kind), None) is None:
            self.commit.waits_gone.append(
                WaitGone(run, step, visit, kind, int(kind in ("signal", "event")))
            )

    def set_timer(self, run: str, kind: str, due: float) -> None:
        """Set a timer that is the run's own, not a visit's."""
        made = TimerMade(run, "", 0, kind, due, None)
        self.timers[made[:4]] = made

    def drop_timer(self, run: str, step: str, visit: int, kind: str) -> None:
        """Take a timer away, whether it fired or not."""
        if self.timers.pop((run, step, visit, kind), None) is None:
            self.commit.timers_gone.append(TimerGone(run, step, visit, kind))

    def drop_kept(self, run: str, signal: int) -> None:
        """Take a kept signal away."""
        if self.kept.pop((run, signal), None) is None:
            self.commit.kept_gone.append((run, signal))

    def finish(self) -> Commit:
        """Return the commit; the draft is not added to afterwards."""
        commit = self.commit
        for hot, old in self.moved.values():
            run = hot.run
            status, cursor, marks, visits, ended_at, error = standing(run, self.now)
            row = (run.id, old, hot.seq, status, int(run.paused), cursor, marks, visits)
            commit.moved.append(
                Moved(
                    *row, ended_at, error, pack_brood(run.brood), dump_scopes(run.scopes, run.rests)
                )
            )
        for hot, born in self.born.values():
            status, cursor, marks, visits, ended_at, error = standing(hot.run, self.now)
            births = commit.born if born.parent is None else commit.offspring
            births.append(
                born._replace(
                    seq=hot.seq,
                    status=status,
                    cursor=cursor,
                    marks=marks,
                    visits=visits,
                    ended_at=ended_at,
                    error=error,
                )
            )
        commit.jobs_made.extend(self.jobs.values())
        commit.waits_made.extend(made for rows in self.waits.values() for made in rows)
        if self.calls:
            made = [
                calls for visit, calls in self.calls.items() if (*visit, "signal") in self.waits
            ]
            commit.calls.extend(call for calls in made for call in calls)
        commit.timers_made.extend(self.timers.values())
        commit.kept_made.extend(self.kept.values())
        commit.contexts.extend(self.contexts.items())
        return commit


Standing = tuple[str, str | None, str, str, float | None, str | None]


def standing(run: Run, now: float) -> Standing:
    """Return the columns of a run's row that say how it stands.

    They are status, cursor, marks, visits, when it ended, and its error as JSON text.
    """
    status = run.status
    if status is Status.RUNNING and run.is_resting(now):
        status = Status.WAITING
    error = None
    if (failure := run.failure) is not None:
        error = encode({"step": failure.step, "kind": failure.kind, "message": failure.error})
    marks = pack_marks(run.marks)
    visits = dump_visits(run.visits, run.keys)
    return status.value, run.cursor, marks, visits, now if run.ended else None, error
