"""A drawing's arrows as threads through the layers: one bend in each layer between their ends.

With bends, every arrow leads from a layer to the next one, which is what orders and columns are
found for. Sizes here are (breadth, depth): within a layer, and from layer to layer.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from perdure.pictures.drawings import Drawing
from perdure.pictures.layers import Arrow, find_layers

MOST_BENDS = 20_000
"""So many bends are worked out; arrows beyond them have none, and run straight."""

Size = tuple[float, float]


@dataclass(slots=True, kw_only=True)
class Threads:
    """Nodes, which have the first numbers, and bends, with what is above and below each.

    `ends` are each edge's nodes, `bends` its bends from tail to head: None for one that runs
    straight, and `labelled` the one of them that holds its label. With `half` every second layer
    holds only bends, so that labels have room.
    """

    count: int
    half: bool
    ends: list[Arrow]
    turned: frozenset[Arrow]
    ranks: list[int]
    sizes: list[Size]
    groups: list[str]
    above: list[list[int]] = field(default_factory=list)
    below: list[list[int]] = field(default_factory=list)
    bends: list[list[int] | None] = field(default_factory=list)
    labelled: dict[int, int] = field(default_factory=dict)

    def tie(self, upper: int, lower: int) -> None:
        """Have one stand above the other."""
        self.below[upper].append(lower)
        self.above[lower].append(upper)

    def add(self, rank: int, size: Size) -> int:
        """Add a bend, and return its number."""
        self.ranks.append(rank)
        self.sizes.append(size)
        self.groups.append("")
        self.above.append([])
        self.below.append([])
        return len(self.ranks) - 1


def thread(drawing: Drawing, sizes: Sequence[Size], labels: Sequence[Size]) -> Threads:
    """Return the threads of a drawing, given the sizes of its nodes and of its edges' labels."""
    ends = [(drawing.index[edge.tail], drawing.index[edge.head]) for edge in drawing.edges]
    layered = find_layers(len(sizes), ends)
    half = bool(layered.turned) or any(edge.label for edge in drawing.edges)
    made = Threads(
        count=len(sizes),
        half=half,
        ends=ends,
        turned=layered.turned,
        ranks=[rank * 2 if half else rank for rank in layered.ranks],
        sizes=list(sizes),
        groups=[node.group for node in drawing.nodes],
        above=[[] for _ in sizes],
        below=[[] for _ in sizes],
    )
    for edge, label in enumerate(labels):
        made.bends.append(_bends(made, edge, label if drawing.edges[edge].label else None))
    return made


def _bends(made: Threads, edge: int, label: Size | None) -> list[int] | None:
    tail, head = made.ends[edge]
    if tail == head:
        return []
    is_turned = (tail, head) in made.turned
    upper, lower = (head, tail) if is_turned else (tail, head)
    span = range(made.ranks[upper] + 1, made.ranks[lower])
    if len(made.ranks) + len(span) > MOST_BENDS:
        return None
    beside_tail = made.ranks[tail] + (-1 if is_turned else 1)
    found = []
    before = upper
    for rank in span:
        holds = label is not None and rank == beside_tail
        bend = made.add(rank, label if label is not None and holds else (0.0, 0.0))
        if holds:
            made.labelled[edge] = bend
        made.tie(before, bend)
        found.append(bend)
        before = bend
    made.tie(before, lower)
    return found[::-1] if is_turned else found
