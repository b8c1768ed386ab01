"""Mistakes of people who know the guide and not the prover, each in one history that shows it."""

import pytest

from perdure.testing import prove, world
from perdure.testing.proving.proof import live
from perdure.testing.proving.stage import draw_weather
from tests.testing.proving import strangers_beside
from tests.testing.proving.strangers import STRANGERS

assert strangers_beside  # it has pairs of its own
TOLD = {
    "a misspelt signal": "The scenario sends 'approval'",
    "an effect in create_context": "outside of any step, in create_context",
    "cancelled while it charges": "which was cancelled and never learnt of it",
    "at most once, and nobody settles": "nobody knows whether step 'pay' was done",
    "reads what only a payload has": "strangers.py, line ",
}


def lived(scenario, seed):
    return live(scenario, seed, draw_weather(seed)).finding


@pytest.mark.parametrize("mistake", STRANGERS)
def test_a_strangers_mistake_is_found_and_its_repaired_twin_passes(mistake):
    broken, repaired, kind, seed = STRANGERS[mistake]

    found = lived(broken, seed)

    assert found is not None
    assert found.kind == kind, found
    assert TOLD.get(mistake, "") in found.message
    for each in (seed, seed + 1):
        assert lived(repaired, each) is None


def test_what_runs_mean_to_share_is_shared(monkeypatch):
    broken, _, _, _ = STRANGERS["a key that two runs share"]
    shared = world.service("stripe", shared=True)
    monkeypatch.setattr("tests.testing.proving.strangers.stripe", shared)

    assert (verdict := prove(broken, seed=1)).ok, verdict


def test_a_mistake_that_needs_no_crash_says_so():
    broken, _, _, _ = STRANGERS["a misspelt signal"]

    assert "this needs no crash" in str(prove(broken, seed=1))
