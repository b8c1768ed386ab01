"""Layers of graphs."""

from hypothesis import given
from hypothesis import strategies as st

from perdure.pictures.layers import find_layers

nodes = st.integers(0, 11)
graphs = st.lists(st.tuples(nodes, nodes), max_size=40)


def test_arrows_lead_down():
    assert find_layers(4, [(0, 1), (1, 3), (0, 3), (2, 3)]).ranks == [0, 1, 1, 2]


def test_what_need_not_be_early_is_close_to_what_needs_it():
    ranks = find_layers(5, [(0, 1), (1, 2), (2, 3), (4, 3)]).ranks

    assert ranks[4] == 2


def test_an_arrow_that_closes_a_ring_is_turned():
    found = find_layers(3, [(0, 1), (1, 2), (2, 0), (1, 1)])

    assert found.turned == {(2, 0)}
    assert found.ranks == [0, 1, 2]


@given(graphs)
def test_all_arrows_but_those_turned_lead_down(arrows):
    found = find_layers(12, arrows)

    for tail, head in arrows:
        if tail != head:
            down = found.ranks[head] - found.ranks[tail]
            assert down < 0 if (tail, head) in found.turned else down > 0


@given(graphs)
def test_the_same_graph_has_the_same_layers(arrows):
    assert find_layers(12, arrows) == find_layers(12, arrows)
