"""Attempts have their time, and a worker that leaves hands back what it has."""

from perdure.kernel import messages
from perdure.kernel.directives import Complete, Failed
from perdure.kernel.plan import RetryPolicy, StepPlan
from perdure.runtime import crew as crews
from tests.runtime.scenes import machine, scene

ONCE = RetryPolicy(max_attempts=1)
AGAIN = RetryPolicy(max_attempts=3, base_delay=0.0)
PLAN = machine("a", "b")
TIMED = machine(StepPlan(name="a", timeout=10.0, retry=AGAIN))


# -- time -----------------------------------------------------------------------------------
def test_an_attempt_whose_time_is_up_fails_and_is_tried_again():
    play = scene(TIMED)
    run = play.start()
    first = play.work()

    play.tick(9.99)
    early = list(play.hands.stopped)
    play.tick(0.01)

    assert early == []
    assert play.hands.stopped == [(first, "timeout")]
    (failed,) = play.store.attempts(run)
    assert '"timeout"' in failed.error
    assert [(job.attempt, job.token) for job in play.loaded(run).jobs] == [(2, 2)]


def test_the_last_attempt_that_takes_too_long_fails_the_run():
    play = scene(machine(StepPlan(name="a", timeout=10.0, retry=ONCE)))
    run = play.start()

    play.tick(10.0)

    assert play.status(run) == "failed"
    assert "longer than 10.0 s" in play.loaded(run).row.error


def test_what_an_abandoned_attempt_reports_late_is_ignored():
    play = scene(TIMED)
    run = play.start()
    late = play.work()
    play.tick(10.0)

    play.report(late, Complete(), output='"late"')
    play.report(play.work(), Complete(), output='"in time"')

    assert [step.output for step in play.store.steps(run)] == ['"in time"']


def test_an_abandoned_attempt_keeps_its_slot_till_it_ends():
    """A thread cannot be stopped, and another one in its place would be one too many."""
    play = scene(TIMED, slots=2)
    play.start()
    late = play.work()
    play.tick(10.0)
    other, third = play.start(), play.start()
    full = [work.run for work in play.hands.works]

    play.report(late, Complete())

    assert len(full) == 2, "the late one and its retry have both slots"
    assert play.work().run == other
    assert third not in {work.run for work in play.hands.works}


def test_all_slots_are_free_again_when_both_attempts_of_a_visit_have_ended():
    play = scene(TIMED, slots=2)
    run = play.start()
    late = play.work()
    play.tick(10.0)
    retry = play.work()

    play.report(retry, Complete())
    play.report(late, Complete())
    for _ in range(2):
        play.start()

    assert len(play.process.crew.holding()) == 2
    assert not play.process.crew.holds(run)


def test_a_retry_is_not_hit_by_the_deadline_of_the_attempt_before():
    play = scene(TIMED)
    play.start()
    play.tick(4.0)
    play.report(play.work(), Failed(kind="oops", error="it broke"))
    retry = play.work()

    play.tick(9.0)
    early = list(play.hands.stopped)
    play.tick(1.0)

    assert early == []
    assert play.hands.stopped == [(retry, "timeout")]


def test_an_attempt_that_was_called_off_does_not_time_out_as_well():
    play = scene(TIMED)
    run = play.start()
    work = play.work()
    play.tell(run, messages.Cancel())

    play.tick(10.0)

    assert play.hands.stopped == [(work, "cancel")]
    assert play.status(run) == "cancelled"


def test_the_next_deadline_is_when_the_process_looks_again():
    play = scene(TIMED)
    play.start()

    wake_at = play.tick(1.0)

    assert wake_at <= play.clock.now() + 9.0
    assert play.process.crew.next_deadline() == play.clock.monotonic() + 9.0


def test_without_timeouts_there_is_no_deadline():
    play = scene(PLAN)
    play.start()

    assert play.process.crew.next_deadline() is None


def test_deadlines_of_attempts_that_ended_are_not_kept_for_ever():
    """A step with a timeout of a day would else leave a day's worth of them."""
    plan = machine(StepPlan(name="a", timeout=86_400.0))
    play = scene(plan)

    for _ in range(5 * crews.MOST_STALE):
        play.start()
        play.report(play.work(), Complete())

    assert len(play.process.crew._deadlines) <= 2 * crews.MOST_STALE


# -- the end --------------------------------------------------------------------------------
def test_a_drain_hands_back_what_runs_uncounted():
    play = scene(PLAN)
    run = play.start()
    work = play.work()

    handed = play.process.leave()

    assert handed == 1
    assert play.hands.stopped == [(work, "drain")]
    (job,) = play.loaded(run).jobs
    assert (job.owner, job.attempt) == (None, 1)
    assert play.store.attempts(run) == []


def test_a_job_that_was_handed_back_is_begun_elsewhere_under_a_greater_token():
    here = scene(PLAN)
    here.start()
    here.process.leave()

    there = scene(PLAN, store=here.store.sibling(), clock=here.clock)

    assert (there.work().attempt, there.work().token) == (1, here.work().token + 1)


def test_a_drain_does_not_hand_back_what_was_called_off():
    play = scene(TIMED)
    run = play.start()
    play.process.crew.stop((run, "a", 1), "cancel")

    assert play.process.crew.drain() == []
