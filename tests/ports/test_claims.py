"""The order in which jobs wait."""

from perdure.ports.claims import PRIORITY_SECONDS, rank


def test_a_level_of_priority_is_worth_a_minute_of_waiting():
    assert PRIORITY_SECONDS == 60.0
    assert rank(100.0, 0) < rank(101.0, 0)
    assert rank(100.0, 1) < rank(100.0 - 59.9, 0)
    assert rank(100.0, 1) > rank(100.0 - 60.1, 0)
