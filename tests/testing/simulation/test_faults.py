"""What goes wrong in a history."""

import random
from dataclasses import asdict

from perdure.testing.simulation.faults import CALM, draw_faults


def drawn(count):
    return [draw_faults(random.Random(seed)) for seed in range(count)]


def test_a_seed_draws_the_same_faults():
    assert drawn(20) == drawn(20)


def test_each_sort_of_fault_is_on_in_some_histories_and_off_in_others():
    for name in asdict(CALM).keys() - {"lease"}:
        rates = [bool(getattr(faults, name)) for faults in drawn(200)]

        assert any(rates), name
        assert not all(rates), name


def test_in_a_calm_history_nothing_goes_wrong():
    quiet = {name for name, rate in asdict(CALM).items() if not rate}

    assert asdict(CALM).keys() - quiet == {"locked", "lease"}
