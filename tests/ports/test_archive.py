"""Runs that are over, in the order of their births."""

from perdure.ports.archive import Over


def test_they_sort_by_birth():
    late, early = Over(2, "a", "p", 1.0, 2.0), Over(1, "b", "p", 1.0, 3.0)

    assert sorted([late, early]) == [early, late]
