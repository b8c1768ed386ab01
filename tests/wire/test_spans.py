"""Spans as people read them."""

import pytest

from perdure.wire.spans import duration


@pytest.mark.parametrize(
    ("span", "shown"),
    [
        (-1, "0.00 s"),
        (0.347, "0.35 s"),
        (12.34, "12.3 s"),
        (60, "1 min"),
        (185, "3 min 5 s"),
        (3600, "1 h"),
        (7500, "2 h 5 min"),
        (86400, "1 d"),
        (187200, "2 d 4 h"),
    ],
)
def test_a_span_is_shown_in_its_two_largest_units(span, shown):
    assert duration(span) == shown
