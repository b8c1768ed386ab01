"""Tellers say all that they have to say, whatever becomes of the processes that hear it."""

import random
from collections import Counter

from perdure.testing.simulation import simulate
from perdure.testing.simulation.happenings import Happenings
from perdure.testing.simulation.node import Mates
from tests.testing.simulation.scenes import Scene


def test_nobody_tells_anything_where_no_event_starts_anything():
    scene = Scene()
    told = Happenings(
        world=scene.world, mates=Mates(random.Random(1)), witness=scene.witness,
        chance=random.Random(1),
    )  # fmt: skip

    told.plan(5.0)

    assert told.open == 0


def test_events_are_announced_happen_and_are_withdrawn():
    met = Counter()
    for seed in range(40):
        verdict = simulate(seed)
        assert verdict.violation is None
        met.update(verdict.counts.keys())

    assert all(met[f"an event was told: {what}"] for what in ("announce", "happen", "withdraw"))
    assert met["an event started a run"]
