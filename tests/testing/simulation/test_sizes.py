"""Small batches, slices and looks, so that their edges are met."""

import random

import pytest

from perdure.runtime import herald, ledger, process, turn, watcher
from perdure.testing.simulation.sizes import small_sizes

SIZES = (
    (herald, "SLICE"),
    (ledger, "MOST_MESSAGES"),
    (watcher, "MOST_RUNS"),
    (process, "MOST_RUNS"),
    (turn, "advance"),
)


def sizes():
    return [getattr(module, name) for module, name in SIZES]


def test_sizes_are_small_within_the_block_and_as_before_after_it():
    before = sizes()
    seen = set()
    for seed in range(40):
        with small_sizes(random.Random(seed)):
            seen |= set(sizes()[:4])

    assert {1, 2} <= seen
    assert sizes() == before


def test_sizes_are_as_before_after_an_error():
    before = sizes()

    with pytest.raises(ZeroDivisionError), small_sizes(random.Random(1)):
        raise ZeroDivisionError

    assert sizes() == before
