"""Runs begin at their times: each once, whoever sees it first, and whatever goes wrong."""

import logging
from dataclasses import replace

import pytest

from perdure.authoring.schedules import Schedule
from perdure.errors import StoreBusyError, StoreFullError
from perdure.runtime.occurrences import start_key
from tests.runtime.clockwork import MINUTE, PLAN, begun, every, live, make, playing, row, settle
from tests.runtime.scenes import NOW, TroubledStore, machine, scene, workflow


def test_a_run_begins_when_its_time_has_come_and_not_before():
    play = playing(every())

    settle(play, 59.9)
    early = begun(play)
    settle(play, 0.1)

    assert (early, begun(play)) == ([], [1])
    assert row(play).next_at == NOW + 2 * MINUTE
    assert (row(play).last_at, row(play).last_run) == (NOW + MINUTE, play.hands.works[0].run)


def test_it_says_when_it_is_to_be_looked_at():
    play = playing(every(3.0))

    assert play.process.scheduler.tick(NOW + 1.0) == NOW + 3.0
    assert play.process.scheduler.wake_at == NOW + 3.0


def test_each_time_begins_once_however_many_processes_see_it():
    play = playing(every(overlap="allow"))
    other = scene(PLAN, store=play.store.sibling(), clock=play.clock)

    for _ in range(5):
        play.process.scheduler.hint(0.0)
        other.process.scheduler.hint(0.0)
        play.clock.go(MINUTE)
        play.process.tick(play.clock.now())  # both have read the row before either commits
        other.process.tick(play.clock.now())
        other.drive()
        play.drive()
        settle(play)
        settle(other)

    assert begun(play) == [1, 2, 3, 4, 5]


def test_a_process_that_died_before_its_commit_has_begun_nothing_and_another_one_does():
    play = playing(every())
    play.process.scheduler.hint(0.0)
    play.process.tick(play.clock.go(MINUTE))  # the birth lies in the mailbox of one who dies
    other = scene(PLAN, store=play.store.sibling(), clock=play.clock)

    settle(other)

    assert begun(other) == [1]


def test_a_time_that_has_its_run_already_gets_no_second_one():
    play = playing(every())
    run = play.start(key=start_key("s", NOW + MINUTE))

    settle(play, MINUTE)

    assert begun(play) == [1]
    assert (row(play).last_run, row(play).next_at) == (run, NOW + 2 * MINUTE)


def test_a_paused_schedule_begins_nothing():
    play = playing(every())
    before = row(play)
    play.store.put_schedule(before._replace(seq=before.seq + 1, paused=1, next_at=None), before.seq)

    settle(play, 10 * MINUTE)

    assert begun(play) == []


def test_a_pause_that_comes_between_look_and_commit_holds():
    play = playing(every())
    play.process.tick(play.clock.go(MINUTE))  # the birth lies in the mailbox
    before = row(play)
    play.store.put_schedule(before._replace(seq=before.seq + 1, paused=1, next_at=None), before.seq)

    play.drive()
    settle(play)

    assert begun(play) == []


def test_a_first_context_that_cannot_be_made_is_told_and_the_next_time_comes(caplog):
    def begin(_inputs):
        raise ZeroDivisionError("no")

    play = playing(every(), flow=replace(workflow(PLAN), begin=begin))

    with caplog.at_level(logging.ERROR):
        settle(play, MINUTE)

    assert row(play).error.startswith("ZeroDivisionError: no")
    assert row(play).next_at == NOW + 2 * MINUTE
    assert "could not begin" in caplog.text


def test_the_next_run_that_begins_takes_the_error_away():
    fails = [True]

    def begin(_inputs):
        if fails.pop():
            raise ZeroDivisionError
        return "{}"

    play = playing(every(), flow=replace(workflow(PLAN), begin=begin))
    settle(play, MINUTE)
    fails.append(False)

    settle(play, MINUTE)

    assert (begun(play), row(play).error) == ([2], None)


def test_a_run_that_the_store_refuses_is_told_and_the_next_time_comes():
    contexts = ["{}", "a NUL \0"]
    flow = replace(workflow(PLAN), begin=lambda _inputs: contexts.pop())
    play = playing(every(), flow=flow)

    settle(play, MINUTE)
    refused = row(play).error
    contexts.insert(0, "{}")
    settle(play, MINUTE)

    assert "NUL" in refused
    assert begun(play) == [2]


def test_a_full_disk_loses_no_time():
    play = playing(every(), store=TroubledStore.quiet())
    play.store.then((StoreFullError("full"), "before"))

    with pytest.raises(StoreFullError):
        play.tick(MINUTE)
    full = begun(play)
    settle(play, 5.0)

    assert (full, begun(play)) == ([], [1])


def test_a_store_that_is_busy_is_asked_again_at_once(monkeypatch):
    play = playing(every())

    def busy(_now):
        raise StoreBusyError("others write")

    with monkeypatch.context() as patch, pytest.raises(StoreBusyError):
        patch.setattr(play.store, "due_schedules", busy)
        play.tick(MINUTE)
    settle(play)

    assert begun(play) == [1]


def test_a_workflow_that_is_not_here_is_left_to_others_for_a_while():
    play = playing(every())
    stranger = scene(machine("b", name="other"), store=play.store.sibling(), clock=play.clock)
    play.start()  # its plan is in the store
    play.clock.go(MINUTE)

    settle(stranger)
    left = begun(stranger)
    settle(stranger, 10.0)

    assert (left, begun(stranger)) == ([], [1])


def test_a_workflow_that_nobody_knows_stays_due():
    stranger = scene(machine("b", name="other"))
    make(stranger, every())

    settle(stranger, MINUTE + 10.0)

    assert begun(stranger) == []
    assert row(stranger).next_at == NOW + MINUTE


def test_an_expression_that_means_other_times_by_now_goes_on():
    """The tables of time zones change under a schedule's row."""
    play = playing(Schedule(cron="0 0 1 1 *"))
    before = row(play)
    play.store.put_schedule(before._replace(seq=before.seq + 1, next_at=NOW + 1), before.seq)
    play.process.scheduler.hint(0.0)

    settle(play, 5.0)

    assert begun(play) == []
    assert row(play).next_at == before.next_at


def test_schedules_that_are_due_together_begin_together():
    play = playing()
    for number in range(20):
        make(play, every(overlap="allow"), name=f"s{number}")

    settle(play, MINUTE)

    assert live(play) == 20


def test_an_end_that_nobody_waits_for_is_nothing_to_look_at():
    play = playing(every())
    settle(play)
    wake_at = play.process.scheduler.wake_at

    play.process.scheduler.ended("run_1")

    assert play.process.scheduler.wake_at == wake_at
