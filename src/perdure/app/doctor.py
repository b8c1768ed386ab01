"""Why a run does not advance, and whether a store is well: findings, each with what to do.

Reads, and changes nothing; it takes no part in the store's work.
"""

import shlex
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from perdure.app.line import lines, why_in_line
from perdure.app.serving import held_up
from perdure.app.shown import plan_of
from perdure.app.triggers import unhosted
from perdure.errors import RunNotFoundError
from perdure.kernel import history
from perdure.kernel.brood import unpack_brood
from perdure.kernel.paths import plan_name
from perdure.kernel.plan import Plan, PlanKind
from perdure.ports.commit import UNSETTLED
from perdure.ports.rows import JobRow, Loaded, QueueRow, RunFilter, WaitRow, WorkerRow
from perdure.ports.store import Store
from perdure.runtime.records import load_events
from perdure.wire.encoding import decode

RECENT = 500
"""How many of a run's last messages are searched for when something began."""

GRACE = 2.0
"""How many seconds something may be overdue before that is worth a word."""

MOST_RUNS = 1000

_Began = history.StepScheduled | history.WaitBegun | history.JoinBegun | history.SleepBegun


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that holds a run, or a store, up: what it is, and a command that helps.

    A `problem` will not pass by itself; any other finding is how things are meant to be. `since`
    is when it began and `until` when it passes by itself, in seconds since 1970.
    """

    text: str
    command: str = ""
    problem: bool = False
    since: float | None = None
    until: float | None = None


@dataclass(frozen=True, slots=True)
class StoreHealth:
    """What a store says of itself, who works on it, and its live runs by workflow and status."""

    info: dict[str, Any]
    processes: tuple[WorkerRow, ...]
    live: dict[tuple[str, str], int]
    findings: tuple[Finding, ...]


def examine_run(store: Store, run: str, now: float) -> list[Finding]:
    """Return why a run does not advance, or that it does. Raises RunNotFoundError."""
    loaded = store.load([run]).get(run)
    if loaded is None:
        raise RunNotFoundError(run, "The runs of this store are listed by: perdure runs")
    if loaded.row.ended_at is not None:
        return [_ended(loaded)]
    case = _Case(store, loaded, now)
    return list(case.findings()) or [case.nothing_open()]


def examine_store(store: Store, now: float) -> StoreHealth:
    """Return how a store is doing."""
    rows = store.find(RunFilter(live=True, limit=MOST_RUNS))
    workers = store.workers()
    found = store.load([row.id for row in rows])
    findings = [*_about_place(store), *_about_dead(store, workers, now)]
    alive, queues = _alive(store, workers, now), store.queues.standing(now)
    findings += _about_queues(queues, alive)
    findings += [Finding(text, hint, since=since) for text, hint, since in lines(store)]
    free = [loaded for loaded in found.values() if not _is_held_up(store, loaded, queues, alive)]
    findings += _about_waiting_jobs(free, alive, now)
    findings += _about_triggers(store, alive)
    return StoreHealth(
        info=store.info(),
        processes=tuple(_alive(store, workers, now)),
        live=dict(Counter((row.workflow, row.status) for row in rows)),
        findings=tuple(findings),
    )


def _ended(loaded: Loaded) -> Finding:
    row = loaded.row
    if row.status != "failed" or row.error is None:
        return Finding("nothing more is to come of it: it has ended", since=row.ended_at)
    error = decode(row.error)
    place = f" at step {error['step']!r}" if error.get("step") else ""
    return Finding(
        f"it failed{place}, {error.get('kind')}: {error.get('message')}",
        f"perdure resume {row.id} --retry",
        problem=True,
        since=row.ended_at,
    )


class _Case:
    """One live run, with what is needed to judge it."""

    def __init__(self, store: Store, loaded: Loaded, now: float) -> None:
        self.store = store
        self.loaded = loaded
        self.now = now
        self.run = loaded.row.id
        self.plan: Plan = plan_of(store, loaded)
        self.workers = {worker.id: worker for worker in store.workers()}
        self.alive = _alive(store, list(self.workers.values()), now)
        recent = store.history(self.run, max(loaded.row.seq - RECENT, 0), RECENT)
        self.events = [(told.at, event) for told in recent for event in load_events(told.events)]

    def findings(self) -> Iterator[Finding]:
        row = self.loaded.row
        if row.paused:
            yield self._paused()
        if row.status == "cancelling":
            yield Finding("it is being cancelled; its hook has not ended yet")
        if self.loaded.inbox and not self.alive:
            count = len(self.loaded.inbox)
            text = f"{count} message(s) to it are accepted, and no process is there to apply them"
            yield Finding(text, self._go_on(), problem=True)
        yield from self._waits()
        yield from self._timers()
        for job in sorted(self.loaded.jobs, key=lambda job: job.due):
            if job.owner is not None:
                yield self._claimed(job)
            else:
                yield self._stranded(job) or self._unclaimed(job)

    def nothing_open(self) -> Finding:
        """Say what it means that a live run has nothing open: it is only ever so for a moment."""
        if self.loaded.inbox:
            return Finding("its messages are being applied at this moment")
        return Finding(
            "nothing of it is open and it has not ended. This should not be: please report it "
            "with its history",
            f"perdure show {self.run} --history",
            problem=True,
        )

    def _paused(self) -> Finding:
        text, since = "it is paused", None
        for at, event in self.events:
            if isinstance(event, history.RunPaused):
                by = f" by {event.by}" if event.by else ""
                why = f": {event.why}" if event.why else ""
                text, since = f"it was paused{by}{why}", at
        return Finding(text, f"perdure resume {self.run}", problem=True, since=since)

    def _waits(self) -> Iterator[Finding]:
        for wait in self.loaded.waits:
            if wait.kind == "children":
                yield self._children(wait)
            elif wait.kind in ("signal", "event"):
                yield self._way(wait)
        if (why := why_in_line(self.store, self.loaded)) is not None:
            yield Finding(*why, since=self.loaded.row.created_at)

    def _way(self, wait: WaitRow) -> Finding:
        key, hint = "", ""
        if wait.kind == "signal":
            hint = f"perdure signal {_quoted(wait.name)} --run {self.run}"
        if wait.key is not None:
            key = f" with key {wait.key!r}" if hint else f" of {wait.key!r}"
            hint += f" --key {_quoted(wait.key)}" if hint else ""
        return Finding(
            f"step {wait.step!r} waits for {wait.kind} {wait.name!r}{key}",
            hint,
            since=self._since(history.WaitBegun, wait.step, wait.visit),
            until=wait.due,
        )

    def _children(self, wait: WaitRow) -> Finding:
        brood = unpack_brood(self.loaded.row.brood)
        enough = "all" if wait.key is None else wait.key
        return Finding(
            f"step {wait.step!r} waits for children: {brood.total - brood.open} of {brood.total} "
            f"have ended, {enough} must",
            f"perdure show {self.run}",
            since=self._since((history.JoinBegun, history.WaitBegun), wait.step, wait.visit),
            until=wait.due,
        )

    def _timers(self) -> Iterator[Finding]:
        for timer in self.loaded.timers:
            late = self.now - timer.due
            if timer.kind == "sleep" and late < GRACE:
                at = self._since(history.SleepBegun, timer.step, timer.visit)
                yield Finding(f"step {timer.step!r} sleeps", since=at, until=timer.due)
            elif late >= GRACE:
                what = {
                    "sleep": "sleep",
                    "wait": "wait's timeout",
                    "children": "wait's timeout",
                }.get(timer.kind, timer.kind)
                place = f" of step {timer.step!r}" if timer.step else ""
                text = f"the {what}{place} is over, and {self._nobody('noticed it')}"
                yield Finding(text, self._go_on(), problem=True, since=timer.due)

    def _claimed(self, job: JobRow) -> Finding:
        since = self._since(history.StepScheduled, job.step, job.visit)
        what = f"step {job.step!r} (attempt {job.attempt})"
        worker = self.workers.get(job.owner or 0)
        if worker in self.alive:
            assert worker is not None
            place = f"process {worker.pid} on {worker.host}"
            return Finding(f"{what} is being worked on by {place}", since=since)
        if worker is None:
            text = f"{what} was claimed by a process that is gone; the next one takes it over"
        elif worker.lease_until < self.now:
            text = f"{what} was claimed by process {worker.pid}, whose lease has ended"
        else:
            text = f"{what} was claimed by process {worker.pid} on {worker.host}, which has died"
        return Finding(text, self._go_on(), problem=not self.alive, since=since)

    def _unclaimed(self, job: JobRow) -> Finding:
        what = f"step {job.step!r} (attempt {job.attempt})"
        if job.mode == UNSETTLED:
            return self._unsettled(job, what)
        if job.due > self.now:
            return Finding(f"{what} is tried again{self._after(job)}", until=job.due)
        step = self.plan.step(plan_name(job.step))
        if (
            hold := held_up(step.queue, self.store.queues.standing(self.now), self.alive)
        ) is not None:
            text = f"{what} is ready, and {hold.text}"
            return Finding(text, hold.command, problem=hold.problem, since=job.due)
        if self.now - job.due < GRACE:
            return Finding(f"{what} is ready, and about to be claimed", since=job.due)
        text = f"{what} is ready, and {self._nobody('claimed it')}"
        if host := step.host:
            kind, _, name = host.partition(":")
            text += f". Only one that has {kind} {name!r} may"
            return Finding(text, f"{self._go_on()} --module MODULE", problem=True, since=job.due)
        return Finding(text, self._go_on(), problem=True, since=job.due)

    def _stranded(self, job: JobRow) -> Finding | None:
        """Say why the run cannot go on by the code that is there; None if it can, or was not tried."""
        told = (history.RunStranded, history.PlanAdopted, history.StepScheduled)
        of_job = (
            (at, event)
            for at, event in reversed(self.events)
            if isinstance(event, told) and (event.step, event.visit) == (job.step, job.visit)
        )
        at, event = next(of_job, (0.0, None))
        if not isinstance(event, history.RunStranded):
            return None
        return Finding(
            f"step {job.step!r} is stranded: the run began by older code, and does not fit the code "
            f"that is there now: {event.why}. Put back what is missing, or say what has become of it: "
            f"@step(formerly={job.step!r}), @workflow(migrate={{{self.plan.version!r}: function}}). "
            "It is tried again by each worker that starts",
            "perdure worker MODULE",
            problem=True,
            since=at,
        )

    def _unsettled(self, job: JobRow, what: str) -> Finding:
        text, since = f"nobody knows whether {what} was done", None
        for at, event in self.events:
            if isinstance(event, history.OutcomeUnknown) and event.step == job.step:
                text, since = f"nobody knows whether {what} was done: {event.error}", at
        command = f"perdure settle {self.run} {_quoted(job.step)} --done JSON | --not-done"
        return Finding(text, f"{command} | --failed WHY", problem=True, since=since)

    def _after(self, job: JobRow) -> str:
        for _, event in reversed(self.events):
            if isinstance(event, history.AttemptFailed) and event.step == job.step:
                return f", after {event.kind}: {event.error}"
        return ""

    def _nobody(self, did: str) -> str:
        if not self.alive:
            return f"nobody has {did}: no process works on this store"
        pids = ", ".join(str(worker.pid) for worker in self.alive)
        many = len(self.alive) > 1
        whose = f"none of the processes {pids} has" if many else f"process {pids} has not"
        if self.plan.kind is PlanKind.GRAPH:
            return f"{whose} {did}: it may execute nothing, or all its slots are taken"
        flow, version = self.loaded.row.workflow, self.loaded.row.version
        return (
            f"{whose} {did}: it may not host workflow {flow!r} (version {version!r}), or all its "
            "slots are taken"
        )

    def _go_on(self) -> str:
        if self.plan.kind is PlanKind.GRAPH:
            return f"perdure resume {self.run}"
        return f"perdure resume {self.run} --module MODULE"

    def _since(
        self, kind: type[_Began] | tuple[type[_Began], ...], step: str, visit: int
    ) -> float | None:
        for at, event in reversed(self.events):
            if isinstance(event, kind) and (event.step, event.visit) == (step, visit):
                return at
        return None


def living(store: Store, now: float) -> list[WorkerRow]:
    """Return the incarnations on a store that may be working: not seen to be dead, nor overdue."""
    return _alive(store, store.workers(), now)


def _alive(store: Store, workers: Sequence[WorkerRow], now: float) -> list[WorkerRow]:
    return [
        worker for worker in workers if worker.lease_until >= now and not _is_dead(store, worker)
    ]


def _is_dead(store: Store, worker: WorkerRow) -> bool:
    return worker.lock is not None and store.is_dead(worker)


def _about_place(store: Store) -> Iterator[Finding]:
    info = store.info()
    durability = str(info.get("durability", "full"))
    if durability != "full":
        yield Finding(
            f"durability is {durability}: what is acknowledged survives the death of a process, "
            "not the loss of power",
            "PERDURE_DURABILITY=full",
            problem=True,
        )
    if (pid := info.get("writer")) is not None:
        yield Finding(f"process {pid} is writing to the store at this moment")


def _about_dead(store: Store, workers: Sequence[WorkerRow], now: float) -> Iterator[Finding]:
    alive = _alive(store, workers, now)
    for worker in workers:
        if worker not in alive and (owned := len(store.owned(worker.id))):
            yield Finding(
                f"process {worker.pid} on {worker.host} died holding {owned} attempt(s); the next "
                "process that opens the store takes them over",
                problem=not alive,
            )


def _about_queues(queues: Sequence[QueueRow], alive: Sequence[WorkerRow]) -> Iterator[Finding]:
    for queue in queues:
        if queue.waiting and (hold := held_up(queue.name, queues, alive)) is not None:
            jobs = "1 job waits" if queue.waiting == 1 else f"{queue.waiting} jobs wait"
            text = f"{jobs}: {hold.text}"
            yield Finding(text, hold.command, problem=hold.problem, since=queue.oldest)


def _is_held_up(
    store: Store, loaded: Loaded, queues: Sequence[QueueRow], alive: Sequence[WorkerRow]
) -> bool:
    """Whether what a run waits for is told with its queue."""
    waiting = [job.step for job in loaded.jobs if job.owner is None]
    steps = [plan_of(store, loaded).step(plan_name(step)) for step in waiting]
    return any(held_up(step.queue, queues, alive) is not None for step in steps)


def _about_waiting_jobs(
    live: Iterable[Loaded], alive: Sequence[WorkerRow], now: float
) -> Iterator[Finding]:
    late: Counter[str] = Counter()
    for loaded in live:
        if any(job.owner is None and now - job.due >= GRACE for job in loaded.jobs):
            late[loaded.row.workflow] += 1
    for workflow, count in sorted(late.items()):
        why = ", none of the processes here" if alive else ": no process works on this store"
        runs = "1 run" if count == 1 else f"{count} runs"
        yield Finding(
            f"{runs} of {workflow!r} could go on and nobody has claimed the next step{why}",
            "perdure worker [MODULE]",
            problem=True,
        )


def _about_triggers(store: Store, alive: Sequence[WorkerRow]) -> Iterator[Finding]:
    """Yield what starts workflows that no process hosts, where there are processes at all."""
    for each in unhosted(store, alive) if alive else ():
        come = f"; {each.open} start(s) are to come" if each.open else ""
        yield Finding(
            f"event {each.event!r} starts workflow {each.workflow!r}, which no process here hosts, "
            f"so that what it starts waits for one{come}. If the workflow is no more, have nothing "
            "start it",
            f"perdure triggers --forget {_quoted(each.workflow)}",
            problem=True,
        )


def _quoted(text: str | None) -> str:
    return shlex.quote(text or "")
