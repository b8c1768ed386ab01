"""An attempt that says it lives gets time; one that was called off learns of it."""

import pytest

from perdure.errors import AttemptStoppedError
from perdure.kernel import messages
from perdure.kernel.directives import Complete
from perdure.kernel.plan import RetryPolicy, StepPlan
from tests.runtime.scenes import machine, scene

TIMED = machine(StepPlan(name="a", timeout=10.0, retry=RetryPolicy(base_delay=0.0)))


def beat(work, progress=None, detail=None):
    work.pulse(work, progress, detail)


def shown(play, run=None):
    """Return what the job's row says of the last heartbeat."""
    (job,) = play.loaded(run).jobs
    return job.beat_at, job.progress, job.detail


def test_a_heartbeat_makes_the_timeout_begin_again():
    play = scene(TIMED)
    play.start()
    work = play.work()

    for _ in range(5):
        play.tick(9.0)
        beat(work)
    early = list(play.hands.stopped)
    play.tick(9.99)
    still = list(play.hands.stopped)
    play.tick(0.01)

    assert early == still == []
    assert play.hands.stopped == [(work, "timeout")]


def test_a_step_without_a_timeout_may_beat_as_well():
    play = scene(machine("a"))
    play.start()

    beat(play.work(), 0.5, '"half"')
    play.tick()

    assert shown(play) == (play.clock.now(), 0.5, '"half"')


def test_what_it_said_last_is_committed_without_any_message():
    play = scene(TIMED)
    play.start()
    beat(play.work(), 0.1, '{"rows":1}')
    beat(play.work(), 0.2)

    play.tick()

    assert shown(play) == (play.clock.now(), 0.2, '{"rows":1}')


def test_it_wakes_the_duties_when_it_is_time_to_tell():
    play = scene(TIMED)
    play.start()
    beat(play.work(), 0.1)
    play.tick()
    beat(play.work(), 0.2)

    wake_at = play.tick()
    before = shown(play)
    play.tick(wake_at - play.clock.now())

    assert before[1] == 0.1
    assert wake_at <= play.clock.now() + 1.0
    play.tick(1.0)
    assert shown(play)[1] == 0.2


def test_a_commit_of_which_nobody_knows_leaves_it_to_be_told_again():
    """P4: it is fenced by its claim, so telling it twice does no harm."""
    play = scene(TIMED)
    play.start()
    beat(play.work(), 0.1)
    beats = play.process.crew.pulses.take()

    play.tick(1.0)

    assert len(beats) == 1
    assert shown(play)[1] == 0.1


def test_a_cancelled_attempt_learns_of_it_at_its_next_heartbeat():
    play = scene(TIMED)
    run = play.start()
    work = play.work()
    play.tell(run, messages.Cancel())

    with pytest.raises(AttemptStoppedError) as raised:
        beat(work)

    assert raised.value.why == "cancel"


def test_an_attempt_whose_time_was_up_learns_of_it():
    play = scene(TIMED)
    play.start()
    work = play.work()
    play.tick(10.0)

    with pytest.raises(AttemptStoppedError) as raised:
        beat(work)

    assert raised.value.why == "lost", "a newer attempt has its place"


def test_an_attempt_that_has_reported_may_not_go_on():
    play = scene(TIMED)
    play.start()
    work = play.work()
    play.report(work, Complete())

    with pytest.raises(AttemptStoppedError) as raised:
        beat(work)

    assert raised.value.why == "ended"


def test_an_attempt_that_another_process_called_off_is_ended_by_its_own_heartbeat():
    """P8: it does not wait for the comparison that comes each third of a lease."""
    play = scene(TIMED)
    run = play.start()
    work = play.work()
    other = scene(TIMED, store=play.store.sibling(), clock=play.clock)
    other.tell(run, messages.Cancel())
    beat(work, 0.5)

    play.tick()

    assert play.hands.stopped == [(work, "cancel")]
    with pytest.raises(AttemptStoppedError, match="cancel"):
        beat(work)


def test_a_report_leaves_no_heartbeat_behind():
    play = scene(TIMED)
    play.start()
    beat(play.work(), 0.5)

    play.report(play.work(), Complete())
    play.tick()

    assert play.process.crew.pulses.next_due() is None
    assert play.hands.stopped == []


def test_the_next_attempt_begins_with_nothing_said():
    play = scene(TIMED)
    play.start()
    beat(play.work(), 0.9)
    play.tick()

    play.tick(10.0)

    assert play.work().attempt == 2
    assert shown(play) == (None, None, None)


# -- is it called off? -----------------------------------------------------------------------
def test_a_step_can_ask_whether_it_was_called_off_and_gets_no_time_by_it():
    play = scene(TIMED)
    play.start()
    work = play.work()

    play.tick(9.0)
    before = work.called_off(work)
    play.tick(1.0)

    assert (before, work.called_off(work)) == (False, True)
    assert play.hands.stopped == [(work, "timeout")]


def test_a_cancelled_step_sees_that_it_is_in_vain():
    play = scene(machine("a"))
    run = play.start()
    work = play.work()

    play.tell(run, messages.Cancel())

    assert work.called_off(work)


def test_an_attempt_that_has_ended_is_called_off():
    play = scene(machine("a"))
    play.start()
    work = play.work()
    play.report(work, Complete())

    assert work.called_off(work)


def test_who_asks_learns_what_another_process_has_called_off():
    """Asking is a sign of life, so it shows in the store, and what is stale comes back."""
    play = scene(machine("a"))
    play.start()
    work = play.work()
    work.called_off(work)

    play.tick()

    assert shown(play) == (play.clock.now(), None, None)
