"""The order of nodes within layers."""

from hypothesis import given
from hypothesis import strategies as st

from perdure.pictures.orders import crossings, order_rows
from tests.pictures.support import ties

two_layers = st.lists(st.tuples(st.integers(0, 5), st.integers(6, 11)), max_size=24)
RANKS = [0] * 6 + [1] * 6


def test_crossings_are_counted():
    crossed = ties(4, [(0, 3), (1, 2)])

    assert crossings([[0, 1], [2, 3]], crossed) == 1
    assert crossings([[1, 0], [2, 3]], crossed) == 0


@given(two_layers)
def test_crossings_are_those_that_one_would_count_by_hand(arrows):
    rows = [[*range(6)], [*range(6, 12)]]
    by_hand = sum(
        (a - c) * (b - d) < 0
        for number, (a, b) in enumerate(arrows)
        for c, d in arrows[number + 1 :]
    )

    assert crossings(rows, ties(12, arrows)) == by_hand


def test_a_ladder_is_untangled():
    """Each of five leads to one of five, all the wrong way round, and on again."""
    arrows = [(n, 9 - n) for n in range(5)] + [(9 - n, 10 + n) for n in range(5)]
    found = ties(15, arrows)

    rows = order_rows([0] * 5 + [1] * 5 + [2] * 5, found)

    assert crossings(rows, found) == 0


@given(two_layers)
def test_all_nodes_stand_in_their_layers_once_and_with_no_more_crossings_than_as_written(arrows):
    found = ties(12, arrows)

    rows = order_rows(RANKS, found)

    assert [sorted(row) for row in rows] == [[*range(6)], [*range(6, 12)]]
    assert rows == order_rows(RANKS, found)


@given(two_layers, st.lists(st.sampled_from(["", "g", "h"]), min_size=12, max_size=12))
def test_a_group_stays_together(arrows, groups):
    rows = order_rows(RANKS, ties(12, arrows, groups))

    for row in rows:
        for group in ("g", "h"):
            at = [place for place, node in enumerate(row) if groups[node] == group]
            assert at == [*range(at[0], at[0] + len(at))] if at else True


def test_nothing_has_no_rows():
    assert order_rows([], ties(0, [])) == []
