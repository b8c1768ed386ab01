"""Callers: with keys and without, in doubt and sure, each until it has its answer."""

import random

import pytest

from perdure.kernel import history as h
from perdure.runtime.envelopes import Answer
from perdure.testing.simulation.clients import Clients, Wanted
from perdure.testing.simulation.workload import Workload
from perdure.testing.simulation.world import Violation
from tests.testing.simulation.test_node import Yard


def clients_of(yard, *, starts=3, signals=("go",), seed=1):
    workload = Workload(
        registry=yard.site.registry, starts=[("story", '{"trail":[]}')] * starts, signals=signals
    )
    return Clients(
        world=yard.world,
        mates=yard.mates,
        witness=yard.witness,
        workload=workload,
        chance=random.Random(seed),
    )


@pytest.mark.parametrize("seed", range(8))
def test_every_caller_gets_an_answer_where_nothing_goes_wrong(seed):
    yard = Yard(count=2, seed=seed)
    clients = clients_of(yard, seed=seed)

    clients.plan(5.0)
    asked = clients.open
    yard.run(60.0)

    assert asked >= 3
    assert clients.open == 0
    refused = yard.world.trace.counts["a start found a run that has its unique key"]
    started = yard.world.trace.counts["a signal started its run"]
    assert len(yard.witness.tracks) == 3 + started or refused


@pytest.mark.parametrize("seed", range(8))
def test_every_caller_comes_to_an_end_where_much_goes_wrong(seed):
    yard = Yard(
        count=2, seed=seed, interleave=0.3, crash=0.05, unknown=0.1, busy=0.1, full=0.05, lease=2.0
    )
    for node in yard.nodes:
        node.watch()
    clients = clients_of(yard, seed=seed)

    clients.plan(5.0)
    yard.run(30.0)
    yard.world.calm()
    yard.run(60.0)

    assert clients.open == 0


def test_callers_wait_until_a_process_lives():
    yard = Yard()
    clients = clients_of(yard, starts=1)
    yard.run(1.0)
    yard.nodes[0].process.dead = True
    clients.plan(0.0)
    yard.run(10.0)
    waiting = clients.open

    yard.nodes[0].open()
    yard.run(60.0)

    assert waiting > 0
    assert clients.open == 0


def test_a_start_that_is_acknowledged_and_not_there_is_seen():
    clients = clients_of(Yard())

    with pytest.raises(Violation, match="I10"):
        clients._started("run-9", None)


def test_one_key_starts_one_run():
    yard = Yard()
    yard.put_run("run-1", batch=1)
    yard.put_run("run-2", batch=2)
    clients = clients_of(yard)
    clients._started("run-1", "key")
    clients._started("run-1", "key")

    with pytest.raises(Violation, match="I10"):
        clients._started("run-2", "key")


def test_a_start_without_a_key_cannot_find_it_taken():
    yard = Yard()
    yard.run(1.0)
    clients = clients_of(yard)
    life = yard.mates.any()
    flow = yard.site.registry.get("story")
    started = clients.birth(life, Wanted(flow, "{}"))

    with pytest.raises(Violation, match="it has no key"):
        clients._taken(life, started, None, lambda: None)
    with pytest.raises(Violation, match="nobody has"):
        clients._taken(life, started, "key", lambda: None)


def test_an_answer_that_comes_before_its_commit_is_seen():
    yard = Yard()
    yard.run(1.0)
    clients = clients_of(yard)
    flow = yard.site.registry.get("story")
    started = clients.birth(yard.mates.any(), Wanted(flow, "{}"))

    with pytest.raises(Violation, match="too early"):
        clients._check(started, Answer())
    with pytest.raises(Violation, match="I10"):
        clients._check(started, Answer(events=(h.RunPaused("", ""),), found=False))
