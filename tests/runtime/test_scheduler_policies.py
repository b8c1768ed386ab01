"""What becomes of times that nobody saw, and of those at which a run still lives."""

import pytest

from perdure.kernel.directives import Complete
from perdure.kernel.messages import Cancel
from perdure.ports.rows import RunFilter
from tests.runtime.clockwork import MINUTE, PLAN, begun, end, every, live, playing, row, settle
from tests.runtime.scenes import NOW, machine, scene


@pytest.mark.parametrize(
    ("said", "times"),
    [
        (every(overlap="allow"), [10]),
        (every(overlap="allow", catch_up="all"), list(range(1, 11))),
        (every(overlap="allow", catch_up="all", catch_up_limit=3), [8, 9, 10]),
        (every(overlap="allow", catch_up="skip"), [10]),
    ],
)
def test_times_that_nobody_saw_are_caught_up_as_the_schedule_says(said, times):
    play = playing(said)

    settle(play, 10 * MINUTE)

    assert begun(play) == times
    assert row(play).next_at == NOW + 11 * MINUTE


def test_what_is_more_than_a_minute_late_is_skipped():
    play = playing(every(600.0, catch_up="skip"))

    settle(play, 600.0 + 61.0)

    assert play.store.find(RunFilter()) == []
    assert row(play).next_at == NOW + 1200.0


def test_a_time_at_which_a_run_lives_is_dropped():
    play = playing(every())

    for _ in range(3):
        settle(play, MINUTE)
    end(play)
    settle(play, MINUTE)

    assert begun(play) == [1, 4]
    assert row(play).skipped == 2


def test_runs_that_may_overlap_live_beside_each_other():
    play = playing(every(overlap="allow"))

    for _ in range(3):
        settle(play, MINUTE)

    assert live(play) == 3


def test_a_time_waits_for_the_end_of_the_run_before():
    play = playing(every(overlap="queue"))
    for _ in range(4):
        settle(play, MINUTE)

    waiting = begun(play)
    end(play)
    settle(play)

    assert (waiting, begun(play)) == ([1], [1, 4])
    assert row(play).next_at == NOW + 5 * MINUTE


def test_where_all_are_caught_up_they_wait_in_line():
    play = playing(every(overlap="queue", catch_up="all"))
    for _ in range(3):
        settle(play, MINUTE)

    for _ in range(3):
        end(play)
        settle(play)

    assert begun(play) == [1, 2, 3]


def test_a_time_that_was_held_back_has_its_minute_after_the_end_of_what_held_it():
    play = playing(every(600.0, overlap="queue", catch_up="skip"))
    settle(play, 600.0)
    settle(play, 900.0)

    end(play)
    settle(play, 30.0)

    assert len(play.store.find(RunFilter())) == 2


def test_the_end_of_a_run_that_another_process_saw_is_noticed():
    play = playing(every(overlap="queue"))
    other = scene(PLAN, store=play.store.sibling(), clock=play.clock, slots=0)
    for _ in range(2):
        settle(play, MINUTE)
    play.process.scheduler.hint(1e12)

    end(play)
    settle(other, 5.0)

    assert begun(other) == [1, 2]


def test_a_time_takes_the_place_of_the_run_before():
    play = playing(every(overlap="replace"))

    for _ in range(3):
        settle(play, MINUTE)

    assert begun(play) == [1, 2, 3]
    assert play.statuses() == {"cancelled": 2, "running": 1}
    why = [row.message for row in play.store.history(play.hands.works[0].run)]
    assert f'["Cancel","schedule","replaced by {play.hands.works[1].run}"]' in why


def test_a_clean_up_is_waited_for():
    plan = machine("a", "clean", on_cancel="clean")
    play = playing(every(overlap="replace"), plan=plan)
    settle(play, MINUTE)

    settle(play, MINUTE)
    cleaning = (begun(play), play.status(play.hands.works[0].run))
    play.report(play.work("clean"), Complete())
    settle(play)

    assert cleaning == ([1], "cancelling")
    assert begun(play) == [1, 2]


def test_a_run_that_others_cancel_and_that_cleans_up_is_told_nothing_more():
    plan = machine("a", "clean", on_cancel="clean")
    play = playing(every(overlap="replace"), plan=plan)
    settle(play, MINUTE)
    run = play.hands.works[0].run
    play.tell(run, Cancel("someone"))

    settle(play, MINUTE)

    assert [r.message for r in play.store.history(run)].count('["Cancel","someone",""]') == 1
    assert begun(play) == [1]
