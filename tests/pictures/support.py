"""Graphs in layers, for the tests of layouts."""

from hypothesis import strategies as st

from perdure.pictures.drawings import Drawing, Edge, Node
from perdure.pictures.orders import Ties

names = st.integers(0, 9)
pairs = st.lists(st.tuples(names, names), max_size=30, unique=True)


def ties(count, arrows, groups=None):
    """Return the ties of nodes that arrows lead down between."""
    above, below = [[] for _ in range(count)], [[] for _ in range(count)]
    for tail, head in arrows:
        below[tail].append(head)
        above[head].append(tail)
    return Ties(above, below, groups or [""] * count)


def drawing(*arrows, count=None, **more):
    """Return a drawing of nodes with numbers for names."""
    ends = [end for arrow in arrows for end in arrow[:2]]
    count = max(ends, default=-1) + 1 if count is None else count
    groups = more.pop("groups", {})
    nodes = [Node(id=str(n), title=f"node {n}", group=groups.get(n, "")) for n in range(count)]
    edges = [
        Edge(tail=str(arrow[0]), head=str(arrow[1]), label=arrow[2] if len(arrow) > 2 else "")
        for arrow in arrows
    ]
    return Drawing(title="t", nodes=tuple(nodes), edges=tuple(edges), **more)
