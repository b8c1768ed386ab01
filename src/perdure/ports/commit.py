"""One transaction as data: everything that an advance of runs may write, and what came of it.

A run *passes the fence* if it still has the sequence it was loaded with and every row that the
commit takes from it is still there; a run that does not pass writes nothing. Each list holds plain
tuples, the run first, so that a store can write a list with one statement. Values (contexts,
outputs, payloads, errors) are JSON texts; times are seconds since 1970, UTC.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from perdure.ports.broadcasts import Call
from perdure.ports.claims import Claim, Claimed
from perdure.ports.limits import Declared, Entering, Full
from perdure.ports.revisions import Adopted, Revision
from perdure.ports.vault import DataKey, KeyGone

VERIFIES = 1
UNSETTLED = 2
"""The modes of a job that is not simply to be run."""

NEVER = 1e11
"""When a job is due that nobody is to claim."""


class Moved(NamedTuple):
    """A run goes from sequence `old` to `seq`. What follows is its whole new standing."""

    run: str
    old: int
    seq: int
    status: str
    paused: int
    cursor: str | None
    marks: str
    visits: str
    ended_at: float | None
    error: str | None
    brood: str | None = None
    scopes: str | None = None


class Born(NamedTuple):
    """A run comes to be, unless `start_key` is taken: then nothing of it is written.

    `unique_key` is free again when the run has ended. `deadline` are the seconds that the run has
    from its start, where that is not its plan's to say. A child is at `place` of its parent's
    brood `of_brood`; one that is `detached` does not go with its parent. Runs with one `fair` key
    share what a queue gives.
    """

    run: str
    seq: int
    namespace: str
    workflow: str
    version: str
    plan: str
    status: str
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
    parent: str | None = None
    of_brood: int | None = None
    place: int | None = None
    detached: int = 0
    fair: str | None = None


class JobGone(NamedTuple):
    """The job of a visit goes. With a token it must still be there under it (the fence)."""

    run: str
    step: str
    visit: int
    token: int | None


class JobMade(NamedTuple):
    """An attempt is put on the queue; born claimed if `owner` is not None.

    `token` grows with every claim of the visit: an unclaimed job holds the last one given. `host`
    is the lane and what a process must host to run it: `thread:order@1` for a step of a code
    workflow's version, `thread:` for one of a graph that every process has, `thread:function:NAME`
    for one that calls somebody's own function. `payload` is the JSON text that is merged into the
    context when the attempt begins. `mode` is 0, VERIFIES for an attempt that asks first whether an
    earlier one has done it, or UNSETTLED for one that has ended, nobody knows how: it is due NEVER.
    `fair` is the run's fair key, empty if it has none; None for a job that nothing limits: on the
    default queue, without a key. `keyed` is the number that the visit's idempotency key is made of,
    where that is not its own.
    """

    run: str
    step: str
    visit: int
    attempt: int
    token: int
    owner: int | None
    due: float
    queue: str
    priority: int
    host: str
    payload: str | None
    mode: int = 0
    fair: str | None = None
    keyed: int | None = None


class Beat(NamedTuple):
    """A heartbeat of an attempt. It counts only under the claim that the attempt was begun with.

    `progress` (0 to 1) and `detail` (JSON text) are kept from an earlier one where they are None.
    """

    run: str
    step: str
    visit: int
    token: int
    owner: int
    at: float
    progress: float | None
    detail: str | None


class WaitMade(NamedTuple):
    """A run waits for a signal or an event (`kind` is that), or a wait for a signal may come ('coming').

    A wait has a row for each way out of it; `way` is its place. `key` is a signal's correlation
    key, or an event's entity; `match` and `accepts` (JSON texts) say what must be brought. Or the
    run waits for its brood ('children'): then `name` is empty, and `key` how many are needed.
    """

    run: str
    step: str
    visit: int
    kind: str
    name: str
    key: str | None
    due: float | None
    then: str | None
    on_timeout: str | None
    workflow: str
    match: str | None = None
    accepts: str | None = None
    way: int = 0


class WaitGone(NamedTuple):
    """The waits of this kind of a visit end, whatever their names.

    If `fenced` is 1 one of them must still be there.
    """

    run: str
    step: str
    visit: int
    kind: str
    fenced: int


class TimerMade(NamedTuple):
    """A timer of a visit: `kind` is 'sleep', 'wait', 'children' or 'deadline'."""

    run: str
    step: str
    visit: int
    kind: str
    due: float
    then: str | None


class TimerGone(NamedTuple):
    """A timer fired or is not needed any more."""

    run: str
    step: str
    visit: int
    kind: str


class KeptMade(NamedTuple):
    """A signal is kept for a wait that is to come; `begun` visits had begun when it came.

    `match` is what it wants of the context.
    """

    run: str
    signal: int
    name: str
    key: str | None
    addressed: int
    payload: str | None
    begun: int = 0
    kind: str = "signal"
    match: str | None = None


class StepEnded(NamedTuple):
    """A visit ended; written once, never changed. `status` completed, failed or skipped.

    `output` and `error` are JSON texts, `meta` what else is known (model, usage, cost). `context`
    tells what the visit has changed in the context, as `runtime.traces` writes it; a row whose
    status is `rewound` tells that the run went back to before a visit of this step. `cpu` are the
    seconds for which the processor worked for its last attempt, where they were measured.
    """

    run: str
    step: str
    visit: int
    attempt: int
    status: str
    started_at: float | None
    ended_at: float
    output: str | None
    error: str | None
    meta: str | None
    context: str | None = None
    cpu: float | None = None


class AttemptEnded(NamedTuple):
    """An attempt failed and another one follows. `cpu` is as in `StepEnded`."""

    run: str
    step: str
    visit: int
    attempt: int
    started_at: float | None
    ended_at: float
    error: str
    cpu: float | None = None


class Written(NamedTuple):
    """One applied message: its events as JSON text."""

    run: str
    seq: int
    at: float
    message: str
    events: str


class InboxMade(NamedTuple):
    """A message is accepted for a run. With a `key` a second one of that key is not."""

    run: str
    message: str
    payload: str | None
    key: str | None


class Mail(NamedTuple):
    """A message from a run to another one, accepted in the transaction that moves the first.

    Nothing happens where there is no such run any more.
    """

    run: str
    to: str
    message: str


class CalledOff(NamedTuple):
    """A run's children that have not ended, but for those detached, are told this message."""

    run: str
    message: str


class Label(NamedTuple):
    """What a run is found by, from its birth on: a tag (`name` is 'tag') or a search attribute.

    `value` is its text, `number` what it is as a number, where it is one.
    """

    run: str
    name: str
    value: str
    number: float | None


class Scheduled(NamedTuple):
    """A run is born of a schedule, which goes on with it: neither happens without the other.

    The run is born only where the schedule still has the sequence `old`.
    """

    run: str
    name: str
    old: int
    seq: int
    next_at: float | None
    last_at: float


@dataclass(slots=True, kw_only=True)
class Commit:
    """One transaction. `batch` marks its runs and is never used twice.

    `offspring` are born if their parents, which are moved, pass; those of `born` that are in
    `scheduled` if their schedules stand as they did. `inbox_gone` are (run, id): taken with the
    fence. `inbox_done` are ids of messages that meant nothing: deleted whatever happens to their
    runs. `beats` are joined on their claims alone, before jobs go. `calls` bring what is in the
    mailbox for waits that were made. Runs that are `entering` begin or live again with this commit:
    where their workflow is limited and they have no place yet, those that find none do not pass,
    nor does the parent of a child that finds none. `limits` are what classes declare. Places that
    are free in the end go to the first in line: they have the message `admits`, if it is given.
    `claim` asks, last, for jobs to work on.
    """

    batch: int
    now: float
    moved: list[Moved] = field(default_factory=list)
    born: list[Born] = field(default_factory=list)
    offspring: list[Born] = field(default_factory=list)
    scheduled: list[Scheduled] = field(default_factory=list)
    plans: list[tuple[str, str, str, str]] = field(
        default_factory=list
    )  # hash workflow version body
    jobs_gone: list[JobGone] = field(default_factory=list)
    jobs_made: list[JobMade] = field(default_factory=list)
    waits_gone: list[WaitGone] = field(default_factory=list)
    waits_made: list[WaitMade] = field(default_factory=list)
    timers_gone: list[TimerGone] = field(default_factory=list)
    timers_made: list[TimerMade] = field(default_factory=list)
    kept_gone: list[tuple[str, int]] = field(default_factory=list)  # run signal
    kept_made: list[KeptMade] = field(default_factory=list)
    contexts: list[tuple[str, str]] = field(default_factory=list)  # run data
    steps: list[StepEnded] = field(default_factory=list)
    attempts: list[AttemptEnded] = field(default_factory=list)
    history: list[Written] = field(default_factory=list)
    adopted: list[Adopted] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    data_keys: list[DataKey] = field(default_factory=list)
    data_keys_gone: list[KeyGone] = field(default_factory=list)
    inbox_gone: list[tuple[str, int]] = field(default_factory=list)
    inbox_made: list[InboxMade] = field(default_factory=list)
    inbox_done: list[int] = field(default_factory=list)
    beats: list[Beat] = field(default_factory=list)
    mail: list[Mail] = field(default_factory=list)
    called_off: list[CalledOff] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    entering: list[Entering] = field(default_factory=list)
    limits: list[Declared] = field(default_factory=list)
    admits: str | None = None
    revisions: list[Revision] = field(default_factory=list)
    unstranded: list[str] = field(default_factory=list)  # hosts, with their lanes
    claim: Claim | None = None

    def only_claims(self) -> bool:
        """Whether there is nothing to write but what a claim takes."""
        written = self.moved or self.born or self.plans or self.inbox_done or self.beats
        limits = any(row.most is not None for row in self.limits)
        return not (written or self.revisions or self.unstranded or limits)


@dataclass(frozen=True, slots=True)
class Committed:
    """What a commit did: the runs that passed the fence, the births that took place, the claims.

    `stale` are the heartbeats of attempts that were called off or taken over, `told` children,
    callers of the mailbox and runs out of the line, with a message since, `accepted` the messages
    of `inbox_made` that are there now: (run, id). `revisions` are the numbers of those that were
    announced, `full` the runs that found no place. `doubtful` where nobody could say whether it
    took place, and the history was asked: then what is missing was not refused, it was never tried.
    `again` is when a queue whose rate is used up gives more.
    """

    moved: frozenset[str]
    born: frozenset[str]
    claimed: Sequence[Claimed] = ()
    stale: Sequence[Beat] = ()
    told: Sequence[str] = ()
    accepted: Sequence[tuple[str, int]] = ()
    revisions: Sequence[int] = ()
    full: Sequence[Full] = ()
    doubtful: bool = False
    again: float | None = None
