"""What has begun and is run at most once is not handed back, whatever becomes of its process."""

import pytest

from perdure.kernel.directives import Goto
from perdure.kernel.plan import StepPlan
from perdure.kernel.run import Unsettled
from perdure.ports.rows import OwnedJob
from perdure.runtime.hotrun import restore
from tests.runtime.scenes import LEASE, machine, scene
from tests.runtime.test_rescuer import beside, ticks

PLAN = machine(StepPlan(name="pay", at_most_once=True), StepPlan(name="ship"))


def standing(play):
    return restore(play.loaded(), PLAN).run.open


def test_who_leaves_in_good_order_leaves_it_to_be_found_lost():
    play = scene(PLAN)
    play.start()

    handed = play.process.leave()
    other = beside(play, PLAN)

    assert handed == 0
    assert other.held == []
    assert standing(play) == {"pay": Unsettled(1, 1)}


def test_what_else_it_has_is_handed_back_uncounted():
    play = scene(PLAN)
    play.start()
    play.goes("pay", "ship")
    play.start()

    play.process.leave()
    other = beside(play, PLAN)

    assert [(work.path, work.attempt) for work in other.hands.works] == [("ship", 1)]
    assert not play.store.attempts(play.runs[0])


def test_once_it_has_ended_there_is_nothing_to_be_found():
    play = scene(PLAN)
    play.start()
    play.goes("pay", "ship")

    play.process.leave()

    assert play.store.workers() == []
    assert play.store.orphans(10) == []
    assert beside(play, PLAN).work("ship").attempt == 1


def test_one_whose_report_could_not_be_committed_is_not_handed_back():
    play = scene(PLAN)
    play.start()
    play.put(play.work("pay"), Goto("ship"))

    play.process.leave()
    beside(play, PLAN)

    assert standing(play) == {"pay": Unsettled(1, 1)}


def test_one_that_could_not_begin_can_be_handed_back():
    play = scene(PLAN)

    def no_more_threads(_work, _body):
        raise RuntimeError("can't start new thread")

    play.hands.submit = no_more_threads
    play.start()

    play.process.leave()

    assert beside(play, PLAN).work("pay").attempt == 1


def test_one_that_was_called_off_is_forgotten_when_it_has_ended():
    play = scene(PLAN)
    play.start()
    work = play.work("pay")
    play.process.crew.stop((work.run, "pay", 1), "cancel")

    play.put(work, Goto("ship"))

    assert play.process.crew.cannot_run_again() == set()


def test_a_job_of_ours_that_had_begun_and_is_not_held_is_lost():
    """It cannot be: but if it were, it would not be run again."""
    play = scene(PLAN)
    play.start()
    work = play.work("pay")
    play.process.crew._release(work)

    ticks(play, LEASE)

    assert standing(play) == {"pay": Unsettled(1, 1)}


def standing_still(play, meanwhile):
    """Have something happen between each commit and the beginning of its attempts."""
    crew = play.process.crew
    begin = crew.begin

    def late(draft, passed, claimed):
        meanwhile(crew, draft)
        begin(draft, passed, claimed)

    crew.begin = late


def give_back(crew, draft):
    for begun in draft.begins.values():
        at = (begun.step, begun.visit, begun.attempt, begun.token)
        crew.given_back.add(OwnedJob(begun.hot.run.id, *at, crew.incarnation))


def take_for_dead(crew, draft):
    if draft.begins:
        crew.slots.incarnation = draft.owner + 1


@pytest.mark.parametrize("meanwhile", [give_back, take_for_dead])
def test_a_thread_that_stood_still_begins_nothing_that_others_may_have_begun(meanwhile):
    """Between the commit that claimed the job and now it was given back, or its owner buried."""
    play = scene(PLAN)
    standing_still(play, meanwhile)

    play.start()

    assert play.hands.works == []
