"""Looks at every run that a transaction may have touched, and holds it to what must be true.

It reads the store with a handle of its own, so what it sees is what is durable, and it believes
nothing that a process says.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from perdure.authoring.plans import load as load_plan
from perdure.authoring.registry import Registry
from perdure.kernel import history
from perdure.kernel.paths import plan_name
from perdure.kernel.plan import Plan
from perdure.kernel.run import Attempt, Open, Run, Status, Unsettled, Waiting
from perdure.ports.commit import UNSETTLED, AttemptEnded, Beat, Commit, Committed, StepEnded
from perdure.ports.executor import Work
from perdure.ports.rows import Announced, InboxRow, JobRow, Loaded
from perdure.ports.store import Store
from perdure.runtime.hotrun import restore
from perdure.runtime.records import load_events
from perdure.testing.simulation.alive import Alive
from perdure.testing.simulation.archives import Forgotten
from perdure.testing.simulation.earlier import forked_from
from perdure.testing.simulation.eventful import EventRules
from perdure.testing.simulation.keyring import KeyRules
from perdure.testing.simulation.kinship import Kinship
from perdure.testing.simulation.locks import Locks
from perdure.testing.simulation.mail import Mail
from perdure.testing.simulation.places import PlaceJudge
from perdure.testing.simulation.punctual import Punctual
from perdure.testing.simulation.queueing import QueueJudge
from perdure.testing.simulation.revising import RevisionRules
from perdure.testing.simulation.scripts import Script
from perdure.testing.simulation.standing import differences
from perdure.testing.simulation.track import News, Track
from perdure.testing.simulation.world import Life, Violation, World
from perdure.wire.encoding import decode

_OVER = (history.CancelRequested, *history.ENDINGS)
"""After these a run takes no signal any more."""


class Judge(Protocol):
    """Knows more of a workload than the rules of the engine: what its runs must come to."""

    def look(self, track: Track, loaded: Loaded, news: News) -> None:
        """Look at a run that has just changed. Raises Violation."""

    def end(self, track: Track, loaded: Loaded, store: Store) -> None:
        """Look at a run at the end of the history. Raises Violation."""


class Witness:
    """Every run of a history, as the store has it after each transaction."""

    def __init__(
        self,
        store: Store,
        *,
        world: World,
        locks: Locks,
        judge: Judge,
        registry: Registry | None = None,
        scripts: Mapping[str, Mapping[str, Script]] | None = None,
    ) -> None:
        self.store = store
        self._world = world
        self._locks = locks
        self._judge = judge
        self._plans: dict[str, Plan] = {}
        self._inbox: dict[int, str] = {}
        self._announced: set[str | None] = set()
        self.tracks: dict[str, Track] = {}
        self.forgotten = Forgotten(world, self.tracks)
        self.kinship = Kinship(store, self.tracks, self.forgotten.runs)
        self.mail = Mail(store, self.tracks, world, scripts or {})
        self.events = EventRules(world, registry or Registry(), self.forgotten.runs)
        self.punctual = Punctual(store, world, self.tracks)
        self.unique: dict[str, str] = {}  # by run: the key that it was to have for itself
        self._calmly: dict[tuple[str, str, int, int], Life] = {}
        self.alive = Alive(world)
        self._queues = QueueJudge(store, world, self.tracks)
        self.revisions = RevisionRules(store, world, self._plan, scripts or {})
        self.keys = KeyRules()
        self.places = PlaceJudge(store, world, self.tracks)
        self.limited = self.places.forget
        self.transactions = 0

    # -- what took place ---------------------------------------------------------------------
    def committed(self, commit: Commit, committed: Committed) -> None:
        """Look at what a commit wrote, and at what it should not have written."""
        for beat in commit.beats:
            if beat not in committed.stale:
                self._beat(beat)
        reports: list[StepEnded | AttemptEnded] = [*commit.steps, *commit.attempts]
        for row in reports:
            if row.run in committed.moved:
                self._report(row)
        if len(committed.moved) < len(commit.moved):
            self._world.trace.sometimes("a run did not pass the fence")
        told = [row.run for row in commit.moved]
        told += [row.run for row in (*commit.born, *commit.offspring)]
        told += [*(row.to for row in commit.mail), *committed.told]
        runs = dict.fromkeys([*told, *(job.run for job in committed.claimed)])
        for number in commit.inbox_done:
            if number in self._inbox:
                runs[self._inbox[number]] = None
        self.wrote(runs, committed.born)
        for run in (*committed.moved, *committed.born):
            if run not in self.tracks:
                raise Violation("I10", f"run {run} was committed and is not there")
        self._queues.committed(commit, committed)
        self.revisions.committed(commit, committed)
        self.places.committed(committed.full)

    def _beat(self, beat: Beat) -> None:
        """Hold a heartbeat that counted to the newest claim of its job."""
        track = self.tracks[beat.run]
        token, _, owner = track.tokens.get((beat.step, beat.visit), (None, 0, None))
        if (token, owner) != (beat.token, beat.owner):
            raise track.broken("I5", f"{beat} counted, and the claim is {owner}'s under {token}")
        self._world.trace.sometimes("a heartbeat was committed")

    def _report(self, row: StepEnded | AttemptEnded) -> None:
        """Hold what an attempt reported to the newest token of its job."""
        text = row.meta if isinstance(row, StepEnded) and row.meta else row.error
        token = decode(text).get("token") if text else None
        track = self.tracks[row.run]
        newest, _, _ = track.tokens.get((row.step, row.visit), (None, 0, None))
        if token is not None and token != newest:
            raise track.broken("I4", f"a report of {row[1:4]} under {token} counted, not {newest}")

    def announced(self, signals: Iterable[Announced]) -> None:
        """Look at broadcasts, each of which was asked for once. Raises Violation."""
        for signal in signals:
            if signal.payload in self._announced:
                raise Violation("I7", f"{signal} was accepted before, as another one")
            self._announced.add(signal.payload)

    def forgot(self, runs: Sequence[str]) -> None:
        """Look at runs that are gone. Raises Violation."""
        self.forgotten.forgot(runs, self.kinship.parents)

    def was_cut(self, run: str, keep: int) -> None:
        """Look at a run whose history was cut. Raises Violation."""
        self.forgotten.was_cut(self.store, run, keep)

    def wrote(self, runs: Iterable[str], born: Iterable[str] = ()) -> None:
        """Look at these runs, of which some were born. Raises Violation."""
        self.transactions += 1
        if asked := list(dict.fromkeys(runs)):
            for run, loaded in self.store.load(asked).items():
                self._look(run, loaded)
            self.kinship.settle()
        self.mail.look()
        self.punctual.look(born)

    def begins(self, work: Work, life: Life) -> None:
        """Hold the beginning of an attempt to a durable claim by the same process."""
        track, key = self._claimed(work, life)
        self.revisions.begins(track, work, life.hosts)
        self.keys.begins(track, work)
        track.begun[key] += 1
        if track.begun[key] > 1:
            raise track.broken("I6", f"claim {key} was begun twice")

    def tries(self, work: Work, life: Life) -> None:
        """Hold a trial of a run's context to a claim, as the attempt that it goes before."""
        self._claimed(work, life)
        self.revisions.tries(work)

    def _claimed(self, work: Work, life: Life) -> tuple[Track, tuple[str, int, int, int]]:
        track = self.tracks.get(work.run)
        key = (work.path, work.visit, work.attempt, work.token)
        owner = track.claims.get(key) if track is not None else None
        if track is None or owner is None or not self._locks.is_held(owner, life):
            raise Violation("I6", f"{life.name} begins {work.run} {key}, claimed by {owner}")
        self.alive.begins(work)
        if self._world.is_settled:
            self._calmly[work.run, work.path, work.visit, work.attempt] = life
        return track, key

    def beats(self, work: Work) -> None:
        """Note that an attempt was told that it may go on; what it says is shown before long."""
        if self.alive.beats(work, calmly=self._world.is_settled):
            track = self.tracks[work.run]
            for job in self.store.load([work.run])[work.run].jobs:
                this = (job.step, job.visit, job.token) == (work.path, work.visit, work.token)
                if this and job.owner is not None and job.beat_at is None:
                    raise track.broken("I5", f"{work.path}#{work.visit} beats, and nobody sees it")

    def answered(self, run: str, events: Sequence[history.Event]) -> None:
        """Somebody is told that these events happened: they must be durable."""
        track = self.tracks.get(run)
        if track is None or not any(made == list(events) for _, made in track.written):
            raise Violation("I10", f"run {run}: answered with {list(events)}, which is not there")

    def accepted(self, run: str, number: int) -> None:
        """Somebody is told that a signal is accepted: it must be durable."""
        if number not in self.tracks[run].inbox:
            raise Violation("I7", f"run {run}: signal {number} was accepted and is not there")

    # -- one run -----------------------------------------------------------------------------
    def _look(self, run: str, loaded: Loaded) -> None:
        plan = self._plan(loaded.row.plan)
        if (track := self.tracks.get(run)) is None:
            track = self.tracks[run] = Track(run, plan, self._plan)
            track.allowance = plan.deadline if loaded.row.deadline is None else loaded.row.deadline
            self.events.saw(track, loaded)
        before = dict(track.run.open), track.run.status
        was_held = track.held
        news = [(w, load_events(w.events)) for w in self.store.history(run, track.seq)]
        self._new_messages(track, loaded.inbox)
        if track.seq == 0 and (fork := forked_from(news)) is not None:
            track.inherit(self.tracks[fork.source], (fork.step, fork.visit))
        for written, events in news:
            if written.at > self._world.latest:
                raise track.broken("I9", f"recorded at {written.at}, which has not come")
            track.add(written, events)
            self.revisions.happened(track, events)
            self.keys.happened(track, events)
            self._lost(track, events)
            self.alive.check(track, events)
            for event in events:
                self._world.trace.sometimes(f"history has {_told(event)}")
        was_over = any(isinstance(e, _OVER) for _, events in news for e in events)
        self._gone_messages(track, loaded.inbox, before, was_over=was_over)
        for job in loaded.jobs:
            self._job(track, job, was_held=was_held)
        self._forget_jobs(track, loaded)
        self._standing(track, loaded)
        self._alone(track)
        self.events.waits(track)
        self.kinship.saw(track, loaded, news)
        self._judge.look(track, loaded, news)

    def _alone(self, track: Track) -> None:
        """Hold a unique key to being one live run's."""
        key = self.unique.get(track.id)
        if key is None or track.run.ended:
            return
        for other in self.tracks.values():
            if other is not track and self.unique.get(other.id) == key and not other.run.ended:
                raise track.broken("unique", f"{other.id} lives too, and has the key {key}")

    def _lost(self, track: Track, events: Sequence[history.Event]) -> None:
        """Take nobody for dead who lives, where nothing has gone wrong since he began."""
        for event in events:
            if isinstance(
                event, history.AttemptFailed | history.StepFailed | history.OutcomeUnknown
            ):
                key = (track.id, event.step, event.visit, event.attempt)
                life = self._calmly.get(key)
                own = track.plan.step(plan_name(event.step)).lane == "process"
                if event.kind == "worker_died" and not own and life is not None and not life.dead:
                    raise track.broken("rescue", f"{event}, and {life.name} lives")

    def _plan(self, hash_: str) -> Plan:
        if (plan := self._plans.get(hash_)) is None:
            body = self.store.plan(hash_)
            if body is None:
                raise Violation("I10", f"plan {hash_} of a run is not there")
            plan = self._plans[hash_] = load_plan(body, hash_)
        return plan

    def _new_messages(self, track: Track, inbox: Sequence[InboxRow]) -> None:
        for row in inbox:
            if row.id not in track.inbox:
                if row.payload is not None and row.payload in track.payloads:
                    raise track.broken("I7", f"{row} was accepted before, as another one")
                if not row.message.startswith('["Start"'):  # that event may be told to it as well
                    track.payloads.add(row.payload)
                track.inbox[row.id] = row
                track.open_inbox.add(row.id)
                self._inbox[row.id] = track.id
                self.events.accepted(track, row)

    def _gone_messages(
        self,
        track: Track,
        inbox: Sequence[InboxRow],
        before: tuple[dict[str, Open], Status],
        *,
        was_over: bool,
    ) -> None:
        """Every message that is gone was taken, kept or dropped on record, or meant nothing.

        `was_over` where one commit ended the run: a retry may have begun it again since.
        """
        there = {row.id for row in inbox}
        for number in sorted(track.open_inbox - there):
            track.open_inbox.discard(number)
            if number in track.kept or number in track.taken or number in track.dropped:
                continue
            kind, *values = decode(track.inbox[number].message)
            meant = kind == "Signal" and not was_over
            if meant and not _means_nothing(track.run, before, values):
                raise track.broken("I7", f"signal {number} {values} is gone without a trace")

    def _job(self, track: Track, job: JobRow, *, was_held: bool) -> None:
        """Tokens only grow, and grow with each claim; a claim is of what may begin now."""
        visit = (job.step, job.visit)
        token, attempt, owner = track.tokens.get(visit, (0, 0, None))
        if job.token < token:
            raise track.broken("I4", f"the token of {visit} fell from {token} to {job.token}")
        if job.owner is not None and job[2:5] != (attempt, token, owner):
            if job.token <= token:
                raise track.broken("I4", f"{visit} was claimed again under token {token}")
            if job.due > self._world.latest:
                raise track.broken("I9", f"{visit} was claimed before its time")
            if was_held and track.held:
                raise track.broken("pause", f"{visit} was claimed while the run is paused")
            track.claims[job.step, job.visit, job.attempt, job.token] = job.owner
        elif (
            job.owner is None
            and job.mode != UNSETTLED
            and owner is not None
            and (job.attempt, job.token) == (attempt, token)
        ):
            key = (job.step, job.visit, attempt, token)
            once = track.plan.step(plan_name(job.step)).at_most_once
            if track.begun[key] and (once or not self._locks.is_leaving(owner)):
                raise track.broken("I6", f"{key} had begun and was handed back uncounted")
        track.tokens[visit] = (job.token, job.attempt, job.owner)

    def _forget_jobs(self, track: Track, loaded: Loaded) -> None:
        open_ = {(job.step, job.visit) for job in loaded.jobs}
        for visit in [visit for visit in track.tokens if visit not in open_]:
            del track.tokens[visit]

    def _standing(self, track: Track, loaded: Loaded) -> None:
        """Hold the run's rows to its history, and those of an ended run to having none open."""
        row = loaded.row
        if row.seq != track.seq:
            raise track.broken("I1", f"the run is at {row.seq}, its history at {track.seq}")
        self.revisions.stands(track, loaded)
        found = restore(loaded, track.plan).run
        wrong = differences(track.plan, track.run, found)
        if wrong:
            raise track.broken("I21", f"the rows differ from the history: {wrong}")
        if row.ended_at is not None and (loaded.jobs or loaded.waits or loaded.timers):
            raise track.broken("L3", "an ended run still has jobs, waits or timers")
        coming = {(w.step, w.visit, w.name) for w in loaded.waits if w.kind == "coming"}
        open_ = track.run.open.items()
        at_work = {(s, e.visit) for s, e in open_ if isinstance(e, Attempt | Unsettled)}
        held = track.held and track.run.status is Status.RUNNING and not track.run.open
        if held and track.run.cursor is not None:
            at_work = {(track.run.cursor, 0)}  # entered for the visit that is held back
        names = {s: track.plan.step(plan_name(s)).coming for s, _ in at_work}
        expected = {(step, visit, name) for step, visit in at_work for name in names[step]}
        if coming != expected:
            raise track.broken("L3", f"waits that may come are {coming}, not {expected}")

    def end(self) -> None:
        """Look at every run once more, from its first event. Raises Violation."""
        for run, loaded in self.store.load(list(self.tracks)).items():
            track = self.tracks[run]
            again = Track(run, track.first, self._plan)
            again.inbox = track.inbox
            again.allowance = track.allowance
            for written in (*self.forgotten.cut_off(track), *self.store.history(run, 0, 100_000)):
                again.add(written, load_events(written.events))
            if again.seq != track.seq or again.run != track.run:
                raise track.broken("I21", "its history was changed after it was written")
            self._standing(track, loaded)
            self._judge.end(track, loaded, self.store)
        self.mail.end()
        if self.tracks.keys() - self.store.load(list(self.tracks)).keys() != self.forgotten.runs:
            raise Violation("I10", "a run that was there is gone")


def _means_nothing(run: Run, before: tuple[dict[str, Open], Status], values: Sequence[Any]) -> bool:
    """Whether a signal that left no trace rightly did: the run had ended, or nobody waits."""
    _, name, key, addressed, *more = values
    kind = more[0] if more else "signal"
    was_open, was = before
    over = (Status.CANCELLING, *(status for status in Status if status.ended))
    if was in over or run.status in over:
        return True
    if addressed:
        return False
    for step, entry in run.open.items():
        stayed = was_open.get(step) == entry
        ways = entry.ways if isinstance(entry, Waiting) else ()
        if stayed and any(way.fits(kind, name, key) for way in ways):
            return False
    return True


def _told(event: history.Event) -> str:
    """Return what to count an event as."""
    name = type(event).__name__
    match event:
        case history.StepFailed() | history.AttemptFailed() | history.RunFailed():
            return f"{name} {event.kind}"
        case history.TimerEnded():
            return f"{name} {event.kind} {'fired' if event.fired else 'called off'}"
        case _:
            return name
