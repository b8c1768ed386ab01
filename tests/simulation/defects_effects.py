"""Defects planted in what keeps effects from being done twice."""

from perdure.authoring.steps.done import Application
from perdure.kernel import attempts, decide, history
from perdure.runtime import effects, hotrun
from perdure.runtime.crew import Crew
from tests.simulation.defects import defect, reword, writes


# -- steps that are run at most once -----------------------------------------------------------
@defect
def unknown_outcome_run_again(patch):
    """An attempt of which nobody knows is taken for one that can be run again."""

    def again(_plan, message, kind, error, due):
        place = (message.step, message.visit)
        yield history.AttemptFailed(*place, message.attempt, kind, error)
        yield history.StepScheduled(*place, message.attempt + 1, due)

    patch.setattr(attempts, "_unknown", again)


@defect
def begun_once_and_handed_back(patch):
    """An orderly exit hands back what has begun, though it must not be run again."""
    patch.setattr(Crew, "cannot_run_again", lambda _self: set())


@defect
def settled_though_known(patch):
    """What somebody says of an attempt counts, though a newer one is under way."""
    settle = decide._settle

    def believing(plan, run, message, now):
        entry = run.open.get(message.step)
        if entry is not None and entry.visit == message.visit:
            run.open[message.step] = decide.Unsettled(message.visit, message.attempt)
        yield from settle(plan, run, message, now)

    patch.setattr(decide, "_settle", believing)


@defect
def what_was_settled_dropped(patch):
    """A step is settled as done, and what it was done with is not kept."""
    patch.setattr(effects, "_settled", lambda *_given: None)


@defect
def unsettled_visit_claimed(patch):
    """A visit that rests until it is settled is put on the queue."""
    patch.setattr(effects, "NEVER", 0.0)


@defect
def unsettled_visit_taken_for_queued(patch):
    """A run that is read again has forgotten that nobody knows."""
    patch.setattr(hotrun, "UNSETTLED", -1)


@defect
def claimed_without_asking(patch):
    """An attempt that is claimed by another process does not ask what an earlier one has done."""
    reword(patch, "commit/claimable", "j.mode", "0")


@defect
def answer_taken_for_a_failure(patch):
    """A step that is settled as not done is forgotten, and its job with it."""

    def row(before, draft, hot, event, cause):
        before(draft, hot, event, cause)
        if event.outcome == "not_done":
            hot.tokens.pop(event.step, None)

    writes(patch, history.OutcomeSettled, row)


# -- steps in the application's transactions ---------------------------------------------------
@defect
def application_written_without_a_key(patch):
    """A step's writes are committed, and nothing there says that they were."""

    def once(self, _key, call, *, run):
        with self._opened() as connection:
            connection.cursor().execute("BEGIN IMMEDIATE")
            result = call(connection)
            connection.commit()
            return result

    patch.setattr(Application, "once", once)


@defect
def outcome_recorded_beside_the_writes(patch):
    """The writes are rolled back with the process, and what they came to is not."""
    begin = Application._begin

    def early(self, connection, key, run):
        if (found := begin(self, connection, key, run)) is None:
            told = '["Complete",{},null,null]'
            connection.cursor().execute(
                "UPDATE perdure_done SET outcome = ? WHERE visit_key = ?", (told, key)
            )
            connection._shop.db.execute("COMMIT")
            connection.cursor().execute("BEGIN IMMEDIATE")
        return found

    patch.setattr(Application, "_begin", early)
