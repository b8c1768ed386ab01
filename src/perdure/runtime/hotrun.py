"""A run in memory: what the kernel sees, and the facts of its rows that the kernel does not."""

from dataclasses import dataclass, field

from perdure.kernel.brood import unpack_brood
from perdure.kernel.plan import Plan, PlanKind
from perdure.kernel.run import (
    Attempt,
    Failure,
    Joining,
    Kept,
    Run,
    Sleeping,
    Status,
    Unsettled,
    derive_needs,
    unpack_marks,
)
from perdure.kernel.ways import CHILDREN
from perdure.ports.commit import UNSETTLED, VERIFIES, Born
from perdure.ports.rows import JobRow, Loaded, RunRow, WaitRow
from perdure.runtime.packing import load_scopes, load_visits
from perdure.runtime.ways import SIGNAL_ALONE, WAYS, waiting_of
from perdure.wire.encoding import decode

BESIDE = ""  # the name of the kept row that holds a payload until its step is scheduled


@dataclass(frozen=True, slots=True)
class Kin:
    """Whose child a run is, and which: its place in one of the parent's broods."""

    parent: str
    brood: int
    place: int


@dataclass(slots=True)
class HotRun:
    """A run under the sequence number it was committed with.

    `tokens` are the last fencing numbers given to the open jobs, by path; `payloads` what is
    merged into the context when their attempts begin, `beside` one whose attempt is not scheduled
    yet (the signal's number and text; `beside_kept`: it has a row). `parked` is the step that a
    pause holds the run before, if what may come there is entered. `way_kinds` are the kinds of
    the ways out of open waits that are not for signals alone. `fair` is the run's fair key.
    """

    run: Run
    plan: Plan
    seq: int
    context: str
    priority: int = 0
    tokens: dict[str, int] = field(default_factory=dict)
    payloads: dict[str, str] = field(default_factory=dict)
    kept_payloads: dict[int, str | None] = field(default_factory=dict)
    beside: tuple[int, str] | None = None
    beside_kept: bool = False
    kin: Kin | None = None
    parked: str | None = None
    visits_ended: int = 0
    way_kinds: dict[str, tuple[str, ...]] = field(default_factory=dict)
    fair: str | None = None


def restore(loaded: Loaded, plan: Plan) -> HotRun:
    """Return the run that these rows are the standing of; its agenda is everything open."""
    row = loaded.row
    status = Status(row.status)
    scopes, rests = load_scopes(row.scopes)
    visits, keys = load_visits(row.visits)
    run = Run(
        id=row.id,
        status=Status.RUNNING if status is Status.WAITING else status,
        paused=bool(row.paused),
        cursor=row.cursor,
        allowance=row.deadline,
        starts_at=_own_timer(loaded, "start"),
        in_line=any(wait.kind == "line" for wait in loaded.waits),
        deadline=_own_timer(loaded, "deadline"),
        failure=_failure(row.error),
        visits=visits,
        keys=keys,
        brood=unpack_brood(row.brood),
        scopes=scopes,
        rests=rests,
        marks=unpack_marks(row.marks, len(plan.steps)) if plan.kind is PlanKind.GRAPH else [],
    )
    hot = HotRun(run=run, plan=plan, seq=row.seq, context=loaded.context, priority=row.priority)
    hot.kin = kin_of(row)
    hot.fair = row.fair
    _open(hot, loaded)
    for kept in loaded.kept:
        if kept.name == BESIDE:
            hot.beside = (kept.signal, kept.payload or "{}")
            hot.beside_kept = True
        else:
            addressed = bool(kept.addressed)
            match = kept.match or ""
            run.kept.append(
                Kept(kept.signal, kept.name, kept.key, addressed, kept.begun, kept.kind, match)
            )
            hot.kept_payloads[kept.signal] = kept.payload
    hot.visits_ended = sum(run.visits.values()) - sum(1 for _ in run.attempts())
    if run.status is Status.PENDING:
        run.marks = []
    else:
        derive_needs(plan, run)
    return hot


def kin_of(row: RunRow | Born) -> Kin | None:
    """Return whose child a run is; None if it is nobody's."""
    if row.parent is None:
        return None
    return Kin(row.parent, row.of_brood or 0, row.place or 0)


def _open(hot: HotRun, loaded: Loaded) -> None:
    run = hot.run
    for job in loaded.jobs:
        run.open[job.step] = _open_job(job)
        hot.tokens[job.step] = job.token
        if job.payload is not None:
            hot.payloads[job.step] = job.payload
    for timer in loaded.timers:
        if timer.kind == "sleep":
            run.open[timer.step] = Sleeping(timer.visit, timer.due, timer.then or timer.step)
    ways: dict[str, list[WaitRow]] = {}
    for wait in loaded.waits:
        if wait.kind in WAYS or wait.kind == CHILDREN:
            ways.setdefault(wait.step, []).append(wait)
        elif wait.kind == "coming" and wait.visit == 0:
            hot.parked = wait.step
    for step, rows in ways.items():
        if rows[0].kind == CHILDREN and len(rows) == 1:
            run.open[step] = _joining(rows[0])
            continue
        run.open[step] = waiting_of(rows)
        if (kinds := tuple(dict.fromkeys(row.kind for row in rows))) != SIGNAL_ALONE:
            hot.way_kinds[step] = kinds


def _joining(wait: WaitRow) -> Joining:
    return Joining(
        visit=wait.visit,
        need=int(wait.key) if wait.key is not None else None,
        due=wait.due,
        then=wait.then,
        on_timeout=wait.on_timeout,
    )


def _open_job(job: JobRow) -> Attempt | Unsettled:
    if job.mode == UNSETTLED:
        return Unsettled(job.visit, job.attempt)
    return Attempt(job.visit, job.attempt, job.due, job.mode == VERIFIES)


def _own_timer(loaded: Loaded, kind: str) -> float | None:
    """Return when a timer of the run itself is due; None if it is not set."""
    return next((timer.due for timer in loaded.timers if timer.kind == kind), None)


def _failure(error: str | None) -> Failure | None:
    if error is None:
        return None
    body = decode(error)
    return Failure(body.get("step"), body.get("kind", ""), body.get("message", ""))
