"""Defects that are planted in the engine, to prove that the simulator would see them.

Each is a way in which an engine like this one has been wrong, or in which this one was. They are
put in from outside, by name, for as long as a `pytest.MonkeyPatch` lasts.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass

from perdure.kernel import advance, control, decide, evolve, history
from perdure.kernel.plan import RetryPolicy
from perdure.kernel.run import Attempt, Mark
from perdure.ports.commit import Committed
from perdure.runtime import draft, effects, ledger, timekeeper, turn
from perdure.runtime.crew import Crew
from perdure.runtime.draft import Draft
from perdure.runtime.herald import Herald
from perdure.runtime.ledger import Ledger
from perdure.runtime.rescuer import Rescuer
from perdure.runtime.slots import Slots
from perdure.runtime.timekeeper import Timekeeper
from perdure.runtime.turn import Turn
from perdure.runtime.watcher import Watcher
from perdure.stores.sqlite import claims, commit, inbox, reading, statements

NEVER = 1e12


@dataclass(frozen=True)
class Defect:
    """One defect: its name, what is wrong then, and what puts it in.

    `shows` says of which seeds' histories it can be seen; the others have nothing of the sort.
    """

    name: str
    says: str
    plant: Callable
    shows: Callable[[int], bool] = lambda _seed: True


DEFECTS: list[Defect] = []


def defect_of(shows):
    """Return a decorator for defects that only histories of such seeds can show."""

    def add(plant):
        DEFECTS.append(Defect(plant.__name__, plant.__doc__.strip(), plant, shows))
        return plant

    return add


defect = defect_of(lambda _seed: True)


def reword(patch, name, old, new):
    """Change one statement of the SQLite store."""
    known = statements.sql
    text = known(name)

    assert old in text, f"{name} has changed: {text}"

    changed = text.replace(old, new)

    def sql(asked):
        return changed if asked == name else known(asked)

    for module in (statements, claims, commit, reading):
        patch.setattr(module, "sql", sql, raising=False)


def without_list(patch, name):
    """Have a commit leave one of its lists unwritten."""
    kept = tuple(entry for entry in commit._LISTS if entry != name)

    assert len(kept) == len(commit._LISTS) - 1

    patch.setattr(commit, "_LISTS", kept)


def writes(patch, kind, row):
    """Have an event of this kind write its rows with `row(before, draft, hot, event, cause)`."""
    before = effects._ROWS[kind]
    patch.setitem(effects._ROWS, kind, lambda *given: row(before, *given))


# -- fences and tokens -----------------------------------------------------------------------
@defect
def result_without_token_check(patch):
    """The report of an older claim of the job counts."""
    drop = Draft.drop_job
    patch.setattr(
        Draft, "drop_job", lambda self, run, step, visit, _: drop(self, run, step, visit, None)
    )
    patch.setattr(turn, "_is_fenced", lambda _hot, _envelope: False)


@defect
def token_forgotten_by_a_rescue(patch):
    """The attempt after a lost one begins under a token that was used."""

    def row(before, draft_, hot, event, cause):
        token = hot.tokens.get(event.step, 0)
        before(draft_, hot, event, cause)
        hot.tokens[event.step] = token

    writes(patch, history.AttemptFailed, row)


@defect
def claim_without_a_new_token(patch):
    """A claim takes a job under the token that it had."""
    reword(patch, "commit/claim", "token = token + 1", "token = token")
    reword(patch, "commit/claimable", "j.token + 1", "j.token")


@defect
def fence_without_sequence(patch):
    """A commit writes to a run that has gone on since it was read."""
    reword(patch, "commit/standing", "seq = ?2", "?2 IS NOT NULL")


@defect
def applied_message_left_in_the_inbox(patch):
    """A message stays where it was accepted, and is applied again."""
    without_list(patch, "inbox_gone")


@defect
def context_not_written(patch):
    """A step's result is recorded, and what it changed in the context is not."""
    without_list(patch, "contexts")


@defect
def kept_signals_left(patch):
    """A signal that was kept and taken stays kept."""
    without_list(patch, "kept_gone")


# -- commits ---------------------------------------------------------------------------------
@defect
def unknown_commit_taken_as_done(patch):
    """Where nobody can say whether a commit took place, it is taken to have."""

    def ask(_self, commit_):
        moved = frozenset(row.run for row in commit_.moved)
        return Committed(moved, frozenset(row.run for row in commit_.born))

    patch.setattr(Ledger, "_ask", ask)


@defect
def unknown_commit_taken_as_not_done(patch):
    """Where nobody can say whether a commit took place, it is taken not to have."""
    patch.setattr(Ledger, "_ask", lambda *_: Committed(frozenset(), frozenset(), doubtful=True))


@defect
def doubtful_birth_refused(patch):
    """A start whose commit did not take place is told that its key is taken."""
    ask = Ledger._ask

    def sure(self, commit_):
        found = ask(self, commit_)
        return Committed(found.moved, found.born)

    patch.setattr(Ledger, "_ask", sure)


@defect
def begins_before_the_commit_is_known(patch):
    """An attempt that is born claimed begins before its claim is durable."""
    advance_ = Ledger._advance

    def early(self, batch, load):
        made = advance_(self, batch, load)
        for begin in made.draft.begins.values():
            self._crew._begin(*self._crew._work(begin))
        made.draft.begins.clear()
        return made

    patch.setattr(Ledger, "_advance", early)


@defect
def answers_before_the_commit_is_known(patch):
    """Callers are told of what may never take place."""
    advance_ = Ledger._advance

    def early(self, batch, load):
        made = advance_(self, batch, load)
        for run in made.births:
            made.answer_birth(run, made=True)
        for run in made.draft.moved:
            made.answer(run)
        return made

    patch.setattr(Ledger, "_advance", early)


@defect
def old_memory_believed(patch):
    """A message that means nothing to a run in memory is dropped, though the rows have gone on."""
    take = Turn.take

    def believing(self, envelope):
        take(self, envelope)
        for unsure in self.unsure:
            self._told.setdefault(unsure.run, []).append((unsure, []))
        self.unsure.clear()

    patch.setattr(Turn, "take", believing)


@defect
def told_with_its_birth(patch):
    """What is told to a run in the batch of its birth is applied before the birth is known."""

    class Blind(dict):
        def __contains__(self, _run):
            return False

    patch.setattr(ledger, "Turn", lambda **given: Turn(births=Blind(), **given))


# -- workers ---------------------------------------------------------------------------------
@defect
def begins_without_a_slot(patch):
    """A job is born claimed by a process that has no slot for it."""
    patch.setattr(Slots, "reserve", lambda self, hot, step: self._hosts(hot.plan, step))


@defect
def dead_workers_jobs_left(patch):
    """Nobody takes over what a dead process had claimed."""
    patch.setattr(Rescuer, "_tell_lost", lambda _self, _jobs: None)


@defect
def poison_not_counted(patch):
    """An attempt that took its worker with it is put back as if it had not begun."""

    def uncounted(self, jobs):
        self._store.hand_back(jobs)
        self._crew.slots.backlog()

    patch.setattr(Rescuer, "_tell_lost", uncounted)


@defect
def forgotten_owners_jobs_left(patch):
    """Jobs of an incarnation that is not known any more are nobody's."""
    reword(
        patch,
        "duty/orphans",
        "j.owner NOT IN (SELECT id FROM workers WHERE NOT buried)",
        "j.owner IN (SELECT id FROM workers WHERE buried)",
    )


@defect
def reported_job_handed_back(patch):
    """A job whose report is on its way to the store is given to others, uncounted."""
    patch.setattr(Crew, "has_reported", lambda _self, _job: False)


@defect
def stopped_attempt_handed_back(patch):
    """An attempt that was stopped for the lease's sake does not count, however often."""
    nothing = property(lambda _: set(), lambda _self, _value: None)
    patch.setattr(Crew, "cut_off", nothing, raising=False)


@defect
def lost_lease_ignored(patch):
    """A process that others took for dead goes on as if nothing had happened."""
    patch.setattr(Rescuer, "_rejoin", lambda _self, _now: None)


@defect
def attempts_one_too_many(patch):
    """A step is tried once more than its policy says."""
    allows = RetryPolicy.allows
    patch.setattr(
        RetryPolicy,
        "allows",
        lambda self, attempt, *, lost=False: allows(self, attempt - 1, lost=lost),
    )


@defect
def wakes_only_by_notification(patch):
    """Nobody looks into the store of his own accord."""
    patch.setattr(timekeeper, "POLL_SECONDS", NEVER)
    patch.setattr(Watcher, "tick", lambda _self, _now: NEVER)


# -- time ------------------------------------------------------------------------------------
@defect
def timer_fires_early(patch):
    """A timer is taken to be due two seconds before its time."""
    fire, look = decide._fire, Timekeeper._fire
    patch.setattr(
        decide, "_fire", lambda plan, run, message, now: fire(plan, run, message, now + 2.0)
    )
    patch.setattr(Timekeeper, "_fire", lambda self, now: look(self, now + 2.0))


@defect
def claimed_before_its_time(patch):
    """A retry is claimed before its delay is over."""
    reword(patch, "commit/claimable", "due <= :now", "due <= :now + 1.0")


@defect
def called_off_timer_left(patch):
    """A timer stays when what it was for has come first."""

    def row(before, draft_, hot, event, cause):
        if event.fired:
            before(draft_, hot, event, cause)

    writes(patch, history.TimerEnded, row)


@defect
def timeout_never_set(patch):
    """A wait's timeout is recorded, and no timer is made for it."""

    def row(before, draft_, hot, event, cause):
        before(draft_, hot, event, cause)
        draft_.timers.pop((hot.run.id, event.step, event.visit, "wait"), None)

    writes(patch, history.WaitBegun, row)


# -- signals ---------------------------------------------------------------------------------
@defect
def early_signal_dropped(patch):
    """A signal that comes before its wait is dropped."""
    signal = decide.signalled

    def dropping(plan, run, message):
        for event in signal(plan, run, message):
            if not isinstance(event, history.SignalKept):
                yield event

    patch.setattr(decide, "signalled", dropping)


@defect
def signal_key_ignored(patch):
    """A signal that is sent again under its idempotency key is accepted again."""
    put = inbox.put
    patch.setattr(inbox, "put", lambda db, rows: put(db, [row._replace(key=None) for row in rows]))


@defect
def newest_kept_signal_first(patch):
    """Of the signals that were kept for a wait it takes the one that came last."""
    wait = decide.begin_wait

    def newest(plan, run, message, asked, now):
        run.kept.reverse()
        try:
            yield from wait(plan, run, message, asked, now)
        finally:
            run.kept.reverse()

    patch.setattr(decide, "begin_wait", newest)


@defect
def age_of_kept_signals_forgotten(patch):
    """A run that is read again takes every signal that it kept for an old one."""
    reword(patch, "load/kept", "t.begun", "0")


@defect
def broadcast_left_half_delivered(patch):
    """A broadcast whose process died between two slices is never brought to its end."""
    patch.setattr(Herald, "tick", lambda _self, _now: NEVER)
    patch.setattr(Herald, "recover", lambda _self: 0)


@defect
def payload_dropped_with_its_attempt(patch):
    """What a signal brought is lost when the attempt that was to have it is called off."""

    def row(before, draft_, hot, event, cause):
        hot.payloads.pop(event.step, None)
        before(draft_, hot, event, cause)

    writes(patch, history.AttemptStopped, row)


# -- what follows ----------------------------------------------------------------------------
@defect
def cancel_leaves_waits(patch):
    """A wait that was called off can still be found by signals."""

    def row(before, draft_, hot, event, cause):
        if event.attempt:
            before(draft_, hot, event, cause)

    writes(patch, history.AttemptStopped, row)


@defect
def cancel_after_the_end(patch):
    """A run that has ended can still be cancelled."""

    def cancel(run, message):
        yield history.CancelRequested(message.by, message.why)
        yield from control.close(run)

    patch.setattr(control, "cancel", cancel)


@defect
def older_attempt_believed(patch):
    """The report of an older attempt ends the visit."""
    patch.setattr(decide, "is_open", lambda run, told: type(run.open.get(told.step)) is Attempt)


@defect
def pause_ignored(patch):
    """A paused run goes on to its next steps."""
    follow = advance.follow

    def ignoring(plan, run, now):
        was, run.paused = run.paused, False
        try:
            yield from follow(plan, run, now)
        finally:
            run.paused = was

    patch.setattr(advance, "follow", ignoring)


@defect
def paused_jobs_claimed(patch):
    """What was queued when a run was paused begins all the same."""
    reword(patch, "commit/claimable", "AND p.paused", "AND p.paused > 1")


@defect
def join_does_not_wait(patch):
    """A step of a graph begins when the first of its needs has ended."""
    settle = evolve._settle

    def eager(plan, run, step, mark):
        settle(plan, run, step, mark)
        for fed in plan.feeds[plan.index[step]]:
            name = plan.steps[fed].name
            idle = run.marks[fed] == Mark.PENDING and name not in run.open
            if idle and fed not in run.ready:
                heapq.heappush(run.ready, fed)

    patch.setattr(evolve, "_settle", eager)


@defect
def visit_used_again(patch):
    """A step that is retried with its run may get the number, and so the key, of a failed visit."""
    standing = draft.standing

    def forgetting(run, now):
        row = list(standing(run, now))
        row[3] = "" if run.marks else row[3]
        return tuple(row)

    patch.setattr(draft, "standing", forgetting)


@defect
def start_key_forgotten(patch):
    """A run that is started again under its idempotency key is another run."""
    bear = Turn._bear

    def keyless(self, birth):
        birth.born = birth.born._replace(start_key=None)
        bear(self, birth)

    patch.setattr(Turn, "_bear", keyless)
