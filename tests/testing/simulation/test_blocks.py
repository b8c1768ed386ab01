"""Callers with transactions: each knows what became of its own, and is held to it."""

import random

import pytest

from perdure.testing.simulation import blocks as module
from perdure.testing.simulation.blocks import Asked, Blocks, Known
from perdure.testing.simulation.world import Violation
from tests.testing.simulation.test_clients import clients_of
from tests.testing.simulation.test_node import Yard


def blocks_of(yard, seed=1):
    clients = clients_of(yard, seed=seed)
    return Blocks(
        world=yard.world, mates=yard.mates, witness=yard.witness, clients=clients,
        workload=clients._workload, chance=random.Random(seed),
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
def test_every_block_comes_to_an_end_and_holds(seed):
    yard = Yard(count=2, seed=seed, interleave=0.3, crash=0.05, unknown=0.1, busy=0.1, lease=2.0)
    for node in yard.nodes:
        node.watch()
    blocks = blocks_of(yard, seed)

    for _ in range(4):
        blocks.plan(5.0)
    yard.run(30.0)
    yard.world.calm()
    yard.run(60.0)
    blocks.check()

    assert blocks.open == 0


def test_where_nothing_goes_wrong_runs_of_blocks_are_there():
    yard = Yard()
    blocks = blocks_of(yard)
    yard.world.calm()

    for _ in range(4):
        blocks.plan(5.0)
    yard.run(60.0)

    assert yard.world.trace.counts["a block was done"] > 0
    assert yard.world.trace.counts["a block was committed"] > 0
    assert yard.world.trace.counts["a block was doubtful"] == 0


@pytest.mark.parametrize(
    ("known", "runs", "says"),
    [
        (Known.OPEN, {"run-1": None}, "open: it wrote"),
        (Known.UNDONE, {"run-1": "k"}, "undone: it wrote"),
        (Known.DONE, {"run-1": None, "run-2": None}, r"only \['run-1'\]"),
        (Known.DONE, {"run-1": None, "run-2": "k"}, r"only \['run-1'\]"),
        (Known.COMMITTED, {"run-1": None, "run-2": None}, r"only \['run-1'\]"),
        (Known.DOUBTFUL, {"run-1": None, "run-2": None}, "half of it"),
    ],
)
def test_what_does_not_fit_what_is_known_is_a_violation(known, runs, says):
    yard = Yard()
    yard.put_run("run-1")
    blocks = blocks_of(yard)
    blocks._asked.append(Asked(0, known, runs))

    with pytest.raises(Violation, match=says):
        blocks.check()


@pytest.mark.parametrize("known", [Known.DONE, Known.DOUBTFUL, Known.COMMITTED])
def test_what_is_wholly_there_is_none(known):
    yard = Yard()
    yard.put_run("run-1")
    blocks = blocks_of(yard)
    blocks._asked.append(Asked(0, known, {"run-1": None}))

    blocks.check()


def test_a_block_waits_until_a_process_lives():
    yard = Yard(count=0)
    blocks = blocks_of(yard)
    blocks._open = 1

    blocks._begin()

    assert blocks.open == 1
    assert yard.world._due[0][3] == "again: a block"
    assert yard.world._due[0][0] == module.AGAIN_SECONDS
