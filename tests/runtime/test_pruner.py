"""Runs that ended long ago are forgotten: after as long as is said, a slice at a time."""

import math
from dataclasses import replace

import pytest

from perdure.authoring import plans
from perdure.errors import StoreBusyError
from perdure.runtime import pruner as pruners
from perdure.runtime.pruner import FIRST_SECONDS, LOOK_SECONDS, SOON_SECONDS, Round
from tests.runtime.scenes import machine, scene

PLAN = machine("a")
SHORT = plans.seal(replace(machine("a", name="short"), keep=10.0))
LONG = plans.seal(replace(machine("a", name="long"), keep=1e12))


def ended(count, *held, keep=100.0):
    """Return a scene of runs that have ended, and one that lives, which was born last."""
    play = scene(*(held or (PLAN,)))
    play.process.pruner.keep = keep
    for plan in held or (PLAN,):
        for _ in range(count):
            play.start(plan)
            play.report(play.work("a", play.runs[-1]))
    play.start()
    return play


def left(play):
    return [each.plan for each in play.store.archive.over(0, 1000)]


def prune(play, seconds=0.0):
    """Tick after so many seconds, and return how long it wants to rest."""
    now = play.clock.go(seconds)
    return play.process.pruner.tick(now) - now


def test_what_ended_long_ago_is_forgotten_and_what_lives_stays():
    play = ended(3)
    assert prune(play) == FIRST_SECONDS
    assert prune(play, FIRST_SECONDS) == LOOK_SECONDS
    assert len(left(play)) == 3

    assert prune(play, LOOK_SECONDS) == LOOK_SECONDS

    assert left(play) == []
    assert play.statuses() == {"running": 1}


def test_a_workflow_may_say_for_how_long():
    play = ended(2, PLAN, SHORT, LONG)
    prune(play)
    prune(play, FIRST_SECONDS)
    assert left(play) == [PLAN.hash] * 2 + [LONG.hash] * 2

    prune(play, LOOK_SECONDS)
    assert left(play) == [LONG.hash] * 2


def test_where_nothing_is_said_nothing_is_forgotten():
    play = ended(2, keep=None)
    prune(play)

    prune(play, 1e9)

    assert len(left(play)) == 2


@pytest.mark.parametrize(("look", "size"), [(1000, 2), (2, 100), (2, 1)])
def test_others_write_between_two_slices(monkeypatch, look, size):
    monkeypatch.setattr(pruners, "LOOK", look)
    monkeypatch.setattr(pruners, "SLICE", size)
    play = ended(5)
    prune(play)

    rests = [prune(play, LOOK_SECONDS)]
    while rests[-1] == pytest.approx(SOON_SECONDS):
        rests.append(prune(play, SOON_SECONDS))

    assert len(rests) > 2
    assert rests[-1] == pytest.approx(LOOK_SECONDS)
    assert left(play) == []


def test_a_slice_that_the_store_cannot_take_now_comes_again():
    play = ended(2)
    prune(play)
    forget = play.store.archive.forget

    def busy(_runs):
        raise StoreBusyError("others write")

    play.store.archive.forget = busy
    with pytest.raises(StoreBusyError):
        prune(play, LOOK_SECONDS)
    play.store.archive.forget = forget
    prune(play, 1.0)

    assert left(play) == []


def test_it_tells_how_many_it_forgot(caplog):
    caplog.set_level("INFO", "perdure.pruner")
    play = ended(2)
    prune(play)
    prune(play, LOOK_SECONDS)
    prune(play, LOOK_SECONDS)

    assert [record.message for record in caplog.records] == ["forgot 2 runs that ended long ago"]


def test_a_dry_run_only_counts():
    play = ended(3)
    made = Round(math.inf, 1.0)

    assert not play.process.pruner.walk(made, dry_run=True)
    assert (made.found, made.forgotten) == (3, 0)
    assert len(left(play)) == 3


# -- long histories ----------------------------------------------------------------------------
def going_round(visits):
    """Return a scene with a live run that has come to its step so often."""
    play = scene(machine("a"))
    play.start()
    for _ in range(visits):
        play.goes("a", "a")
    return play


def test_a_run_that_lives_for_long_keeps_its_newest_messages(monkeypatch):
    monkeypatch.setattr(pruners, "KEPT", 10)
    monkeypatch.setattr(pruners, "CUT", 4)
    play = going_round(17)
    before = play.store.history(play.runs[0])
    prune(play)

    rests = [prune(play, FIRST_SECONDS), *(prune(play, SOON_SECONDS) for _ in range(3))]

    assert rests == pytest.approx([SOON_SECONDS] * 3 + [LOOK_SECONDS])
    assert play.store.history(play.runs[0]) == before[-10:]
    play.goes("a", "a")
    assert play.loaded().row.seq == before[-1].seq + 1


def test_a_history_that_is_not_long_stays_whole():
    play = going_round(5)
    prune(play)

    assert prune(play, FIRST_SECONDS) == LOOK_SECONDS
    assert len(play.store.history(play.runs[0])) == 6
