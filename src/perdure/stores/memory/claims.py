"""Claims over dicts: which waiting jobs a worker gets."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from perdure.kernel.plan import DEFAULT_QUEUE
from perdure.ports.claims import Claim, Claimed, rank
from perdure.ports.commit import JobMade
from perdure.stores.choosing import Candidate, Line, choose, in_turn, taken
from perdure.stores.memory.tables import Draft, RunTable

Found = tuple[RunTable, JobMade]


def claim(draft: Draft, wanted: Claim, now: float) -> tuple[list[Claimed], float | None]:
    """Claim due jobs; return them, and when a queue whose rate is used up gives more."""
    waiting = [
        (table, job)
        for table, job in jobs_of(draft.every())
        if could_begin(table, job, now) and job.host in wanted.hosts
    ]
    serves = set(wanted.queues) if wanted.queues is not None else None
    lines = [line for line in _lines(draft, wanted, now) if serves is None or line.name in serves]
    sources = [_queued(draft, line, waiting, wanted.most) for line in lines]
    if serves is None or DEFAULT_QUEUE in serves:
        sources.append(_unqueued(waiting))
    chosen = choose(sources, wanted.most)
    made = taken(lines, chosen, now)
    for name, key in made.turns:
        draft.queue(name).turns[wanted.hosts] = key
    for name, count in made.begun:
        draft.queue(name).begin(now, count)
    claimed = [_take(draft, wanted.owner, *candidate.job[-1]) for candidate in chosen]
    return claimed, made.again


def jobs_of(runs: Iterable[RunTable]) -> Iterator[Found]:
    """Yield the jobs of these runs, each with its run."""
    return ((table, job) for table in runs for job in table.jobs.values())


def could_begin(table: RunTable, job: JobMade, now: float) -> bool:
    """Whether a job is due and waits for a worker alone."""
    held = table.row.paused and table.row.status != "cancelling"
    return job.owner is None and job.due <= now and not held


def _lines(draft: Draft, wanted: Claim, now: float) -> Iterator[Line]:
    jobs = [job for _, job in jobs_of(draft.every()) if job.fair is not None]
    for name in sorted({job.queue for job in jobs if job.owner is None}):
        table = draft.peek_queue(name)
        running = sum(job.queue == name and job.owner is not None for job in jobs)
        counting = table.counting(now)
        yield Line(
            name, table.turns.get(wanted.hosts, ""), table.most, table.seconds,
            None if table.concurrency is None else table.concurrency - running,
            None if table.most is None else table.most - sum(count for _, count in counting),
            min((at for at, _ in counting), default=None),
        )  # fmt: skip


def _queued(draft: Draft, line: Line, waiting: Iterable[Found], most: int) -> Iterator[Candidate]:
    """Yield the jobs of a queue in the order they are to be begun, as many as its limits allow."""
    keys: dict[str, list[tuple[float, Any]]] = {}
    for table, job in waiting:
        if job.queue == line.name and job.fair is not None:
            keys.setdefault(job.fair, []).append((rank(job.due, job.priority), _place(table, job)))
    behind = sorted(key for key in keys if key > line.turn)
    before = sorted(key for key in keys if key <= line.turn)
    busy = Counter(
        job.fair
        for _, job in jobs_of(draft.every())
        if job.queue == line.name and job.fair is not None and job.owner is not None
    )
    ordered = ((key, sorted(keys[key])) for key in (*behind, *before))
    return islice(in_turn(line.name, ordered, busy), line.allows(most))


def _unqueued(waiting: Iterable[Found]) -> Iterator[Candidate]:
    """Yield the jobs that no queue of their own holds, by their age."""
    return iter(
        sorted(
            Candidate(rank(job.due, job.priority), _place(table, job))
            for table, job in waiting
            if job.fair is None
        )
    )


def _place(table: RunTable, job: JobMade) -> Any:
    """Return where a job stands among those of its rank, and what it is known by."""
    return (job.host, table.n, job.step, job.visit, (table.row.id, job.step, job.visit))


def _take(draft: Draft, owner: int, run: str, step: str, visit: int) -> Claimed:
    table = draft.run(run)
    assert table is not None
    job = table.jobs[step, visit]
    job = table.jobs[step, visit] = job._replace(owner=owner, token=job.token + 1)
    table.beats.pop((step, visit), None)
    row = table.row
    return Claimed(
        run, step, visit, job.attempt, job.token, job.payload,
        row.plan, row.workflow, row.version, table.context, job.mode, job.keyed,
    )  # fmt: skip
