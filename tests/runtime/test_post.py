"""Reports go to the ledger, and an executor that has nothing else ready turns it."""

from perdure.kernel.directives import Complete
from perdure.runtime.post import Post
from tests.runtime.scenes import machine, scene

PLAN = machine("a")


def test_a_report_waits_for_a_turn_of_the_ledger():
    play = scene(PLAN)
    play.start()

    play.put(play.work(), Complete())

    assert play.process.ledger.waiting == 1
    assert play.status() == "running"
    assert play.held == []


def test_an_idle_executor_commits_what_was_put():
    play = scene(PLAN)
    play.start()
    play.put(play.work(), Complete())

    play.process.mailbox.idle()

    assert play.status() == "completed"


def test_a_report_that_is_not_wanted_any_more_frees_its_slot_only():
    play = scene(PLAN)
    run = play.start()
    work = play.work()
    play.process.crew.stop((run, "a", 1), "cancel")

    play.put(work, Complete())

    assert play.process.ledger.waiting == 0
    assert play.held == []


def test_before_it_is_connected_an_idle_executor_turns_nothing():
    Post().idle()
