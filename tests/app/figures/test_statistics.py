"""Figures that say from what they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perdure.app.figures.statistics import NOTHING, Figure, mean, percentile, share, total

values = st.lists(st.floats(0, 1e6), min_size=1, max_size=50)


def test_nothing_is_a_figure_of_nothing():
    assert mean([]) == percentile([], 50) == share(0, 0) == NOTHING == Figure(None, "none", 0)


def test_a_mean_and_a_share_tell_of_how_many_they_are():
    assert mean([1.0, 2.0, 6.0]) == Figure(3.0, "history", 3)
    assert share(3, 4) == Figure(75.0, "history", 4)


@pytest.mark.parametrize(
    ("percent", "value"), [(1, 15.0), (30, 20.0), (40, 20.0), (50, 35.0), (95, 50.0), (100, 50.0)]
)
def test_a_percentile_is_a_value_that_was_measured(percent, value):
    """The example of the nearest-rank method at Wikipedia's "Percentile"."""
    assert percentile([50.0, 15.0, 40.0, 20.0, 35.0], percent).value == value


@given(values, st.integers(1, 100))
def test_so_many_percent_do_not_exceed_a_percentile(measured, percent):
    found = percentile(measured, percent).value

    assert found in measured
    assert sum(value <= found for value in measured) >= len(measured) * percent / 100 - 1e-9


def test_a_sum_is_not_known_if_a_part_is_not():
    assert total([0.1] * 10) == 1.0
    assert total([]) == 0.0
    assert total([1.0, None]) is None
