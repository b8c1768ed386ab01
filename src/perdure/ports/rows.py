"""What is read from a store: a run with everything that is open of it, and what is due."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple


class JobRow(NamedTuple):
    """A job as it stands; the beat, progress and detail are of its attempt's newest heartbeat.

    One is `stranded` whose run does not fit the code that is there: nobody may claim it.
    """

    step: str
    visit: int
    attempt: int
    token: int
    owner: int | None
    due: float
    payload: str | None
    beat_at: float | None = None
    progress: float | None = None
    detail: str | None = None
    mode: int = 0
    stranded: int = 0


class WaitRow(NamedTuple):
    """A wait as it stands."""

    step: str
    visit: int
    kind: str
    name: str
    key: str | None
    due: float | None
    then: str | None
    on_timeout: str | None
    match: str | None = None
    accepts: str | None = None
    way: int = 0


class TimerRow(NamedTuple):
    """A timer as it stands."""

    step: str
    visit: int
    kind: str
    due: float
    then: str | None


class KeptRow(NamedTuple):
    """A kept signal as it stands."""

    signal: int
    name: str
    key: str | None
    addressed: int
    payload: str | None
    begun: int = 0
    kind: str = "signal"
    match: str | None = None


class InboxRow(NamedTuple):
    """A message that is accepted and not applied."""

    id: int
    message: str
    payload: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """A run's own row."""

    id: str
    namespace: str
    workflow: str
    version: str
    plan: str
    status: str
    paused: int
    seq: int
    batch: int
    cursor: str | None
    marks: str
    visits: str
    priority: int
    created_at: float
    ended_at: float | None
    error: str | None
    start_key: str | None
    unique_key: str | None
    deadline: float | None
    brood: str | None = None
    parent: str | None = None
    of_brood: int | None = None
    place: int | None = None
    detached: int = 0
    fair: str | None = None
    scopes: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A run with everything that is open of it, read in one moment."""

    row: RunRow
    context: str
    jobs: Sequence[JobRow] = ()
    waits: Sequence[WaitRow] = ()
    timers: Sequence[TimerRow] = ()
    kept: Sequence[KeptRow] = ()
    inbox: Sequence[InboxRow] = ()


class Announced(NamedTuple):
    """A broadcast: every run that waits for `name` (or will) gets `message` in its inbox.

    `workflow` narrows it to runs of one workflow, `key` to waits with this correlation key, and
    `match` (a JSON text) to runs whose context has these values. An event (`kind` 'event') goes to
    waits for events alone: `key` is its entity, and a wait without one is for any entity's. One
    with a key that is for nobody is kept in the mailbox `until` then, if that is given.
    """

    name: str
    message: str
    payload: str | None
    workflow: str | None
    key: str | None
    at: float
    kind: str = "signal"
    match: str | None = None
    until: float | None = None


class DueTimer(NamedTuple):
    """A timer whose time has come."""

    run: str
    step: str
    visit: int
    kind: str
    due: float


class ScheduleRow(NamedTuple):
    """A schedule as it stands. `seq` moves with every write, and is never one it had before.

    `said` is the JSON text of what it says, `declared` 1 where it stands at the workflow's class,
    `hosted` 1 where a process needs the workflow's code to begin a run of it. `next_at` is the time
    that comes next, None while it is paused or if none does; one that has passed is due. `last_at`
    and `last_run` are the newest time that has its run, `skipped` counts those that have none
    because another run lived, `error` is why the newest could not begin.
    """

    name: str
    seq: int
    workflow: str
    said: str
    declared: int
    hosted: int
    paused: int
    made_at: float
    next_at: float | None
    last_at: float | None = None
    last_run: str | None = None
    skipped: int = 0
    error: str | None = None


class WorkerRow(NamedTuple):
    """An incarnation: one process that opened the store, for as long as it lives.

    `queues` are those that it serves, as a JSON list; None is every one.
    """

    id: int
    host: str
    pid: int
    started_at: float
    lease_until: float
    lock: str | None
    queues: str | None = None


class QueueRow(NamedTuple):
    """A queue: at most `concurrency` attempts at a time, `most` begun in any `seconds`.

    `waiting` jobs could begin, the longest since `oldest`; `running` are claimed; `begun` count
    towards the rate now.
    """

    name: str
    concurrency: int | None
    most: int | None
    seconds: float | None
    waiting: int
    running: int
    oldest: float | None
    begun: int = 0


class RevisionRow(NamedTuple):
    """A revision that a process has announced, and its number."""

    n: int
    rank: int
    worker: int
    workflow: str
    version: str
    plan: str
    bodies: str = "{}"


class Trace(NamedTuple):
    """What an ended visit left of the context: see `runtime.traces`."""

    step: str
    visit: int
    status: str
    context: str | None


class OwnedJob(NamedTuple):
    """A job that an incarnation has claimed."""

    run: str
    step: str
    visit: int
    attempt: int
    token: int
    owner: int


class WantedLabel(NamedTuple):
    """A label that a run must have: with this value, or with a number in these bounds."""

    name: str
    value: str | None = None
    least: float | None = None
    most: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFilter:
    """Which runs to list, newest first. `text` fields compare exactly.

    `error` is the kind of error that a run failed with; `since` and `until` bound its creation.
    With `before`, a run's id, only runs that were born before that one are listed.
    """

    status: str | None = None
    workflow: str | None = None
    live: bool = False
    parent: str | None = None
    paused: bool | None = None
    error: str | None = None
    labels: tuple[WantedLabel, ...] = ()
    since: float = 0.0
    until: float = 1e300
    before: str | None = None
    limit: int = 50
    offset: int = 0
