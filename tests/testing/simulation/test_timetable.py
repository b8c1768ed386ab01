"""Schedules of a history come to be, are changed, and are gone in the end."""

import random

import pytest

from perdure.kernel.directives import Complete
from perdure.testing.simulation import timetable as module
from perdure.testing.simulation.punctual import AUTUMN, SPRING
from perdure.testing.simulation.scripts import Act, Script
from perdure.testing.simulation.timetable import Timetable
from perdure.testing.simulation.workload import Workload
from perdure.testing.simulation.world import Violation
from tests.testing.simulation.test_node import Yard


def timetable_of(yard, seed=1, scripts=None):
    workload = Workload(
        registry=yard.site.registry, starts=[("story", "{}")], scripts=scripts or {}
    )
    return Timetable(
        world=yard.world, mates=yard.mates, witness=yard.witness, workload=workload,
        chance=random.Random(seed),
    )  # fmt: skip


def lived_through(seed, **faults):
    """Live through a history of schedules alone."""
    yard = Yard(count=2, seed=seed, lease=2.0, **faults)
    for node in yard.nodes:
        node.watch()
    timetable = timetable_of(yard, seed)
    timetable.plan(8.0)
    yard.run(30.0)
    yard.world.calm()
    timetable.close()
    yard.run(120.0)
    return yard, timetable


@pytest.mark.parametrize("seed", range(8))
def test_schedules_come_to_an_end_where_much_goes_wrong(seed):
    faults = {"interleave": 0.3, "crash": 0.05, "unknown": 0.1, "busy": 0.1, "full": 0.05}

    yard, timetable = lived_through(seed, **faults)

    assert timetable.open == 0
    assert yard.inner.schedules() == []


def test_schedules_begin_runs_and_most_histories_have_none():
    yards = [lived_through(seed)[0] for seed in range(12)]

    with_schedules = [yard for yard in yards if yard.witness.punctual.watches]
    assert 0 < len(with_schedules) < 9
    assert sum(y.world.trace.counts["a schedule began a run"] for y in with_schedules) > 5


def test_some_histories_are_nights_on_which_the_clocks_are_changed():
    seen = set()
    for seed in range(60):
        yard = Yard(seed=seed)
        timetable_of(yard, seed).plan(8.0)
        wall = yard.world.wall()
        seen |= {night.cron for night in (AUTUMN, SPRING) if night.first - 5.0 < wall < night.first}

    assert seen == {AUTUMN.cron, SPRING.cron}


def test_steps_that_take_their_workers_with_them_have_no_schedules():
    poison = {"story": {"a": Script((Act(outcome=Complete(), poison=True),))}}
    for seed in range(12):
        yard = Yard(seed=seed)
        timetable_of(yard, seed, poison).plan(8.0)

        assert not yard.witness.punctual.watches


def test_what_a_process_that_dies_was_asked_is_asked_again():
    yard = Yard(count=1)
    timetable = timetable_of(yard)
    yard.run(1.0)
    yard.mates.any().dead = True

    timetable._begin(0.0, "makes", lambda door: door.delete("s"))
    yard.run(3.0)
    waiting = timetable.open
    yard.nodes[0].open()
    yard.run(3.0)

    assert (waiting, timetable.open) == (1, 0)


def test_what_stays_due_is_told_when_the_schedules_end(monkeypatch):
    yard, _ = lived_through(3)
    yard.witness.punctual.watches = True
    timetable = timetable_of(yard)
    monkeypatch.setattr(
        type(yard.witness.punctual), "check_nothing_is_due",
        lambda _self: (_ for _ in ()).throw(Violation("S6", "due")),
    )  # fmt: skip

    timetable.close()

    with pytest.raises(Violation, match="S6"):
        yard.run(module.CALM_SECONDS + 5.0)


def test_no_run_begins_by_hand():
    yard = Yard()
    yard.run(1.0)
    door = timetable_of(yard)._door(yard.mates.any())

    with pytest.raises(AssertionError):
        door._start()
