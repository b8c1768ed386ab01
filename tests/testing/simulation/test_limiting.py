"""Limits are set through any process, again where that fails, and lifted in the end."""

import random
from functools import partial

import pytest

from perdure.errors import StoreBusyError
from perdure.ports.limits import LimitRow
from perdure.testing.simulation.limiting import (
    AGAIN_SECONDS,
    PlaceOperator,
    QueueOperator,
    _limit_live,
)
from perdure.testing.simulation.node import Mates
from perdure.testing.simulation.queueing import QUEUES
from perdure.testing.simulation.world import Died, Life
from tests.testing.simulation.scenes import world


class Shop:
    """A process, its store, and what was set there; `trouble` is raised first."""

    def __init__(self, *trouble):
        self.trouble = list(trouble)
        self.limits = {}
        self.looked = 0
        self.store = self.process = self.crew = self.slots = self.queues = self

    def limit_concurrency(self, queue, most):
        self._set(queue, "concurrency", most)

    def limit_rate(self, queue, most, seconds):
        self._set(queue, "rate", (most, seconds))

    def _set(self, queue, name, value):
        if self.trouble:
            raise self.trouble.pop(0)
        self.limits[queue, name] = value

    def backlog(self):
        self.looked += 1

    def drive(self):
        """Do nothing: what was set is looked at."""


class Everybody(Mates):
    def __init__(self, life):
        self.life = life

    def any(self):
        return self.life


def operator(life, seed=3):
    made = world()
    return QueueOperator(world=made, mates=Everybody(life), chance=random.Random(seed)), made


def test_limits_of_both_kinds_are_set_in_time():
    limits = {}
    for seed in range(30):
        shop = Shop()
        asked, made = operator(shop, seed)
        asked.plan(8.0)
        made.run(8.0)
        limits |= shop.limits
        assert shop.looked >= len(shop.limits)

    assert {queue for queue, _ in limits} == set(QUEUES)
    assert {name for _, name in limits} == {"concurrency", "rate"}


@pytest.mark.parametrize("trouble", [StoreBusyError("busy"), Died(Life("p0"))])
def test_where_it_fails_it_is_tried_again(trouble):
    shop = Shop(trouble)
    if isinstance(trouble, Died):
        trouble.life = shop
    asked, made = operator(shop)
    asked.let_go()
    made.run(AGAIN_SECONDS)

    assert {queue for queue, _ in shop.limits} == set(QUEUES)
    assert all(limit != 0 for limit in shop.limits.values())


def test_the_death_of_another_process_is_not_its_business():
    asked, made = operator(Shop(Died(Life("another"))))
    asked.let_go()

    made.run(0.0)

    assert made.time == 0.0


def test_while_nobody_lives_it_waits():
    asked, made = operator(None)
    asked.let_go()
    made.run(1.0)
    shop = asked._mates.life = Shop()
    made.run(2.0)

    assert len(shop.limits) == 4


def test_what_was_to_be_set_before_the_end_is_not_set_after_it():
    for seed in range(20):
        shop = Shop()
        asked, made = operator(shop, seed)
        asked.plan(8.0)
        asked.let_go()
        made.run(9.0)

        assert all(shop.limits[queue, "concurrency"] != 0 for queue in QUEUES)


# -- live runs -------------------------------------------------------------------------------
class Hall:
    """A process whose workflows are limited; it is told who may begin."""

    def __init__(self, *trouble):
        self.trouble = list(trouble)
        self.most = {}
        self.begun = []
        self.store = self.process = self.ledger = self.limits = self

    def put(self, row, _admits):
        if self.trouble:
            raise self.trouble.pop(0)
        self.most[row.workflow] = row.most
        return ["run-1"]

    def drive(self):
        """Do nothing: who was told begins by itself."""

    def put_all(self, pokes):
        self.begun += [poke.run for poke in pokes]


def places(life, seed):
    made = world()
    chance = random.Random(seed)
    return PlaceOperator(world=made, mates=Everybody(life), names=["w0"], chance=chance), made


def test_live_runs_are_limited_in_time_and_who_may_begin_is_told():
    seen = []
    for seed in range(20):
        hall = Hall(StoreBusyError("busy"))
        asked, made = places(hall, seed)
        asked.plan(8.0)
        made.run(8.0 + AGAIN_SECONDS)
        seen += hall.most.values()
        assert hall.begun == ["run-1"] * len(hall.begun)

    assert {1, 2} <= set(seen)


def test_in_the_end_any_number_may_live():
    for seed in range(20):
        hall = Hall()
        asked, made = places(hall, seed)
        asked.plan(8.0)
        made.run(1.0)
        asked.let_go()
        made.run(20.0)

        assert set(hall.most.values()) <= {None}


def test_whoever_dies_over_it_is_followed_by_another():
    for seed in range(20):
        life = Life("process")
        hall = life.store = life.process = Hall(Died(life))
        life.drive = hall.drive
        asked, made = places(life, seed)
        asked.plan(1.0)
        made.run(2.0)

        assert not hall.trouble or not hall.begun


def test_another_ones_death_is_not_taken_for_its_own():
    for seed in range(20):
        hall = Hall(Died(Life("another")))
        asked, made = places(hall, seed)
        asked.plan(0.0)
        if asked._limited:
            with pytest.raises(Died):
                asked._set(partial(_limit_live, LimitRow("w0", None, 1, 1, 1, 1)), last=True)
            return
