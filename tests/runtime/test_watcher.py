"""What other processes have committed is noticed, at the cost of one cheap question."""

from itertools import pairwise

import pytest

from perdure.kernel import messages
from perdure.kernel.directives import Complete
from perdure.runtime import watcher as watchers
from perdure.runtime.records import dump_message
from tests.runtime.scenes import machine, scene, signal_row

PLAN = machine("a")


def beside(play, *held):
    return scene(*held, store=play.store.sibling(), clock=play.clock)


def test_a_message_that_another_process_left_is_taken_up():
    here, there = scene(PLAN), None
    run = here.start()
    there = here.store.sibling()
    there.put([signal_row(run, dump_message(messages.Pause()))])

    here.tick(watchers.SLOW)

    assert here.loaded(run).row.paused


def test_a_job_that_another_process_made_is_claimed():
    here = scene(PLAN)
    there = beside(here)
    there.start(PLAN)

    here.tick(watchers.SLOW)

    assert here.held == ["a"]


def test_who_waits_for_a_runs_end_is_told_that_something_changed():
    here = scene(PLAN)
    here.start()
    there = beside(here)
    there.tick(watchers.SLOW)
    told = []
    there.process.on_change = lambda: told.append("changed")
    there.tick(watchers.SLOW)
    before = len(told)

    here.report(here.work(), Complete())
    there.tick(watchers.SLOW)

    assert (before, len(told)) == (0, 1)


def test_what_this_process_itself_commits_is_no_news():
    play = scene(PLAN)
    play.tick(watchers.SLOW)
    told = []
    play.process.on_change = lambda: told.append("changed")

    play.start()
    play.report(play.work(), Complete())
    play.tick(watchers.SLOW)

    assert told == []


def test_it_looks_often_while_things_change_and_seldom_when_not():
    here = scene(PLAN)
    there = beside(here, PLAN)
    watcher = here.process.watcher

    pauses = []
    for _ in range(20):
        now = here.clock.now()
        pauses.append(watcher.tick(now) - now)
        here.clock.time = watcher.tick(now)
    there.start()
    now = here.clock.now()
    after = watcher.tick(now) - now

    assert pauses[0] == pytest.approx(watchers.QUICK)
    assert pauses[-1] == pytest.approx(watchers.SLOW)
    assert all(one <= other for one, other in pairwise(pauses))
    assert after == pytest.approx(watchers.QUICK)


def test_between_two_looks_it_asks_nothing():
    play = scene(PLAN)
    watcher = play.process.watcher
    until = watcher.tick(play.clock.now())
    play.store.change = None

    assert watcher.tick(play.clock.now()) == until


def test_it_looks_at_the_rows_also_where_it_heard_of_no_change():
    """The question may be answered wrongly on some file system: the rows are enough."""
    here = scene(PLAN)
    run = here.start()
    here.tick(watchers.SLOW)
    here.store.change = lambda: 0
    here.tick(watchers.SLOW)
    here.store.put([signal_row(run, dump_message(messages.Pause()))])

    for _ in range(round(watchers.ROWS / watchers.SLOW) + 1):
        here.tick(watchers.SLOW)

    assert here.loaded(run).row.paused
