"""Where nodes stand within their layers."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perdure.pictures.columns import Spread, place
from perdure.pictures.orders import order_rows
from tests.pictures.support import ties

links = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 2)), max_size=40)
RANKS = [rank for rank in range(4) for _ in range(5)]


def spread(count, *, bends=(), width=10.0):
    is_bend = [number in bends for number in range(count)]
    widths = [0.0 if bend else width for bend in is_bend]
    return Spread(widths, is_bend, gap=6.0, bend_gap=3.0, group_gap=2.0)


def test_a_chain_is_straight():
    found = place([[0], [1], [2]], ties(3, [(0, 1), (1, 2)]), spread(3))

    assert found == [5.0, 5.0, 5.0]


def test_a_node_stands_in_the_middle_above_what_it_feeds():
    found = place([[0], [1, 2, 3]], ties(4, [(0, 1), (0, 2), (0, 3)]), spread(4))

    assert found[0] == pytest.approx(found[2])
    assert found[2] - found[1] == pytest.approx(found[3] - found[2]) == pytest.approx(16.0)


def test_the_inner_part_of_a_long_arrow_is_straight():
    """Node 0 feeds 4 past two layers, by the bends 2 and 3."""
    rows = [[0, 1], [2, 5], [3, 6], [4]]
    arrows = [(0, 2), (2, 3), (3, 4), (1, 5), (5, 6), (6, 4)]

    found = place(rows, ties(7, arrows), spread(7, bends=(2, 3)))

    assert found[2] == pytest.approx(found[3])


def test_groups_have_more_room_around_them():
    alone = place([[0, 1]], ties(2, []), spread(2))
    grouped = place([[0, 1]], ties(2, [], ["g", ""]), spread(2))

    assert grouped[1] - grouped[0] == pytest.approx(alone[1] - alone[0] + 2.0)


@given(
    links,
    st.sets(st.integers(5, 14)),
    st.lists(st.sampled_from(["", "g"]), min_size=20, max_size=20),
)
def test_nothing_overlaps(arrows, bends, groups):
    down = [(rank * 5 + tail, rank * 5 + 5 + head) for tail, head, rank in arrows]
    tied = ties(20, down, groups)
    rows = order_rows(RANKS, tied)
    wanted = spread(20, bends=bends)

    found = place(rows, tied, wanted)

    for row in rows:
        for left, right in itertools.pairwise(row):
            assert found[right] - found[left] >= wanted.apart(left, right, groups) - 1e-6
    assert min(x - w / 2 for x, w in zip(found, wanted.widths, strict=True)) == pytest.approx(0.0)


def test_nothing_has_no_place():
    assert place([], ties(0, []), spread(0)) == []
