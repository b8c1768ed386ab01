"""A live run goes on by the code that is there now, or is stranded until there is code it fits."""

from dataclasses import replace

import pytest

from perdure.kernel import history, messages
from perdure.kernel.directives import Complete, Failed, Goto, Next, Sleep
from perdure.kernel.plan import RetryPolicy, StepPlan
from perdure.ports.executor import Done, Result
from perdure.runtime.records import load_events
from tests.runtime.scenes import NOW, machine, scene

AGAIN = StepPlan(name="b", retry=RetryPolicy(max_attempts=5, base_delay=10.0))
OLD = machine("a", AGAIN)
NEW = machine("a", "check", AGAIN)
GONE = machine("a", "c")
RENAMED = machine("a", replace(AGAIN, name="c", formerly=("b",)))


def deployed(play, *held):
    """Return a process with other code over the same store, which has taken up what it may."""
    new = scene(*held, store=play.store.sibling(), clock=play.clock)
    look(new)
    return new


def look(play):
    play.process.watcher.look()
    play.process.ledger.drive(wait=True)


def left_at(*steps):
    """Return a process that has gone, and that left a run before the last of these steps."""
    play = scene(OLD)
    play.start()
    for step in steps[:-1]:
        play.report(play.work(step), Goto(steps[-1]))
    play.process.leave()
    return play


def tried(play, step, outcome=None, **result):
    """End a trial: its context fits, or it does not."""
    play.report(play.work(step), outcome or Next(), **result)


def events(play, run=None):
    rows = play.store.history(run or play.runs[0])
    return [event for row in rows for event in load_events(row.events)]


def named(play, kind, run=None):
    return [event for event in events(play, run) if isinstance(event, kind)]


def test_a_run_goes_on_by_the_code_that_is_there_now():
    old = left_at("a", "b")
    new = deployed(old, NEW)
    run = old.runs[0]
    trial = new.work("b")

    tried(new, "b")

    assert trial.plan.hash == OLD.hash
    assert new.work("b").plan.hash == NEW.hash
    assert new.loaded(run).row.plan == NEW.hash
    assert named(old, history.PlanAdopted)[0].plan == NEW.hash
    assert new.work("b").attempt == 1, "it is no attempt of its own"
    assert new.work("b").key == trial.key


def test_a_run_of_the_current_plan_is_not_tried():
    old = left_at("a", "b")
    same = deployed(old, OLD)

    assert same.work("b").token == 2
    assert not named(old, history.PlanAdopted)


def test_the_attempt_begins_in_the_slot_that_its_trial_had():
    old = left_at("a", "b")
    new = scene(NEW, store=old.store.sibling(), clock=old.clock, slots=1)
    look(new)
    tried(new, "b")

    new.report(new.work("b"), Complete())

    assert new.status(old.runs[0]) == "completed"
    assert new.held == []


def test_a_retry_is_made_by_the_code_that_was_mended():
    """The second attempt is that of the new code, under the key of the first."""
    old = scene(OLD)
    run = old.start()
    old.report(old.work("a"), Goto("b"))
    first = old.work("b")
    old.report(first, Failed(kind="bug", error="oops"))
    old.process.leave()
    new = deployed(old, NEW)
    before = new.held
    new.tick(11.0)

    tried(new, "b")

    assert before == []
    assert (new.work("b").attempt, new.work("b").plan.hash) == (2, NEW.hash)
    assert new.work("b").key == first.key
    assert new.loaded(run).row.version == "1"


def test_a_step_that_was_renamed_runs_under_its_old_path_and_key():
    old = left_at("a", "b")
    new = deployed(old, RENAMED)
    key = new.work("b").key
    tried(new, "b")
    work = new.work("b")

    assert (work.path, work.step.name, work.key) == ("b", "c", key)

    new.report(work, Goto("c"))

    assert new.held == ["c"]


def test_a_wait_goes_on_where_was_recorded_under_its_former_name():
    old = scene(OLD)
    old.start()
    old.report(old.work("a"), Sleep(5.0, "b"))
    old.process.leave()
    new = deployed(old, RENAMED)

    new.tick(6.0)
    tried(new, "b")

    assert new.work("b").step.name == "c"


def test_an_attempt_counts_once_for_its_queues_rate():
    """Its trial was claimed, and it begins in that claim's place."""
    queued = replace(AGAIN, queue="mail")
    old = scene(machine("a", queued))
    old.start()
    old.report(old.work("a"), Goto("b"))
    old.process.leave()
    old.store.queues.limit_rate("mail", 1, 60.0)
    new = deployed(old, machine("a", "check", queued))
    trials = new.held

    tried(new, "b")

    assert trials == ["b"]
    assert new.held == ["b"]
    assert [row.begun for row in new.store.queues.standing(new.clock.now())] == [1]


def test_an_attempt_that_is_on_another_queue_now_waits_there():
    old = left_at("a", "b")
    new = deployed(old, machine("a", replace(AGAIN, queue="mail")))
    old.store.queues.limit_concurrency("mail", 0)

    tried(new, "b")

    assert new.held == []
    assert [(row.name, row.waiting) for row in new.store.queues.standing(NOW + 1)] == [("mail", 1)]


# -- stranded -------------------------------------------------------------------------------------
def test_a_run_whose_step_is_gone_is_stranded_and_claimed_no_more():
    """It used to be claimed and given back again and again."""
    old = left_at("a", "b")
    new = deployed(old, GONE)
    tried(new, "b")
    claims = new.loaded(old.runs[0]).jobs[0].token
    for _ in range(5):
        new.tick(11.0)
        look(new)

    (job,) = new.loaded(old.runs[0]).jobs
    assert new.held == []
    assert (job.owner, job.token) == (None, claims)
    (stranded,) = named(old, history.RunStranded)
    assert stranded.why == "step 'b' is open, and is not there any more"


def test_a_stranded_run_goes_on_when_its_step_is_there_again():
    old = left_at("a", "b")
    new = deployed(old, GONE)
    tried(new, "b")
    new.process.leave()

    back = deployed(old, NEW)
    tried(back, "b")

    assert back.work("b").plan.hash == NEW.hash


def test_a_run_that_was_stranded_goes_on_by_its_own_plan_after_a_rollback():
    old = left_at("a", "b")
    new = deployed(old, GONE)
    tried(new, "b")

    back = deployed(old, OLD)

    assert back.work("b").plan.hash == OLD.hash
    assert not named(old, history.PlanAdopted)


def test_a_run_whose_context_does_not_fit_is_stranded():
    old = left_at("a", "b")
    new = deployed(old, NEW)

    tried(new, "b", Failed(kind="context_invalid", error="email: field required"))

    assert new.held == []
    assert named(old, history.RunStranded)[0].why == "email: field required"


def test_a_stranded_run_is_cancelled_like_any_other():
    old = left_at("a", "b")
    new = deployed(old, GONE)
    tried(new, "b")

    new.tell(old.runs[0], messages.Cancel())

    assert new.status(old.runs[0]) == "cancelled"
    assert new.loaded(old.runs[0]).jobs == ()


def test_a_trial_that_comes_twice_strands_once():
    old = left_at("a", "b")
    new = deployed(old, GONE)
    work = new.work("b")
    told = new.process.crew.done(Done(work, Result(outcome=Next()), 0.0, 0.0))
    new.process.ledger.put_all([told, replace(told, reply=None)])
    new.process.ledger.drive(wait=True)

    assert len(named(old, history.RunStranded)) == 1


def test_a_run_that_was_cancelled_while_it_was_tried_does_not_go_on():
    old = left_at("a", "b")
    new = deployed(old, NEW)
    work = new.work("b")

    new.tell(old.runs[0], messages.Cancel())
    new.report(work, Next())

    assert new.held == []
    assert not named(old, history.PlanAdopted)


# -- what comes with it ---------------------------------------------------------------------------
def test_the_context_that_was_migrated_is_kept_with_the_plan():
    old = left_at("a", "b")
    new = deployed(old, NEW)

    tried(new, "b", context='{"n":2}')

    assert new.work("b").context == '{"n":2}'
    assert new.loaded(old.runs[0]).context == '{"n":2}'


@pytest.mark.parametrize(
    ("before", "after"), [(("go",), ()), ((), ("go",)), (("go",), ("stop",)), (("go",), ("go",))]
)
def test_what_may_be_signalled_is_what_the_adopted_step_says(before, after):
    first = machine("a", replace(AGAIN, coming=before))
    second = machine("a", replace(AGAIN, coming=after), "c")
    old = scene(first)
    run = old.start()
    old.report(old.work("a"), Goto("b"))
    old.process.leave()
    new = deployed(old, second)
    tried(new, "b")

    coming = {wait.name for wait in new.loaded(run).waits if wait.kind == "coming"}
    new.report(new.work("b"), Complete())

    assert coming == set(after)
    assert new.loaded(run).waits == ()
