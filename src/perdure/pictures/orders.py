"""In which order the nodes of each layer stand, so that few arrows cross.

Layers are sorted by where their neighbours stand, down and up in turn, and neighbours are swapped
where that helps; the best order found is kept. Nodes of one group stay together.
"""

import itertools
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

SWEEPS = 16
FEW = 600
"""Up to so many nodes, neighbours are swapped as well."""

Rows = list[list[int]]


@dataclass(frozen=True, slots=True)
class Ties:
    """How nodes hang together: those above and below each in the layers beside it, and its group."""

    above: Sequence[Sequence[int]]
    below: Sequence[Sequence[int]]
    groups: Sequence[str]


def order_rows(ranks: Sequence[int], ties: Ties) -> Rows:
    """Return the nodes of each layer from left to right. The same graph, the same order."""
    rows = _first_order(ranks, ties)
    best, fewest = [list(row) for row in rows], crossings(rows, ties)
    for sweep in range(SWEEPS):
        if not fewest:
            break
        _sweep(rows, ties, down=sweep % 2 == 0)
        if len(ranks) <= FEW:
            _swap(rows, ties)
        found = crossings(rows, ties)
        if found < fewest:
            best, fewest = [list(row) for row in rows], found
    return best


def crossings(rows: Rows, ties: Ties) -> int:
    """Return how many pairs of arrows between layers that follow each other cross."""
    total = 0
    for upper, lower in itertools.pairwise(rows):
        places = {node: at for at, node in enumerate(lower)}
        seen: list[int] = []
        for node in upper:
            heads = sorted(places[head] for head in ties.below[node])
            for at in heads:
                total += len(seen) - _count_up_to(seen, at)
            for at in heads:
                seen.insert(_count_up_to(seen, at), at)
    return total


def _count_up_to(seen: list[int], at: int) -> int:
    return bisect_left(seen, at + 1)


def _first_order(ranks: Sequence[int], ties: Ties) -> Rows:
    """Place the nodes as a search from above meets them, so that what belongs together is close."""
    rows: Rows = [[] for _ in range(max(ranks, default=-1) + 1)]
    seen = [False] * len(ranks)
    for root in sorted(range(len(ranks)), key=lambda node: (ranks[node], node)):
        trail = [root]
        while trail:
            node = trail.pop()
            if seen[node]:
                continue
            seen[node] = True
            rows[ranks[node]].append(node)
            trail += reversed(ties.below[node])
    weights = {node: float(at) for row in rows for at, node in enumerate(row)}
    return [_sorted(row, weights, ties) for row in rows]


def _sweep(rows: Rows, ties: Ties, *, down: bool) -> None:
    wanted = range(1, len(rows)) if down else range(len(rows) - 2, -1, -1)
    beside = ties.above if down else ties.below
    for rank in wanted:
        fixed = rows[rank - 1 if down else rank + 1]
        places = {node: at for at, node in enumerate(fixed)}
        weights = {}
        for at, node in enumerate(rows[rank]):
            near = [places[other] for other in beside[node]]
            weights[node] = sum(near) / len(near) if near else at * len(fixed) / len(rows[rank])
        rows[rank] = _sorted(rows[rank], weights, ties)


def _sorted(row: list[int], weights: dict[int, float], ties: Ties) -> list[int]:
    """Return a layer by the nodes' weights; a group stands where its middle would."""
    blocks: dict[str | int, list[int]] = {}
    for node in row:
        blocks.setdefault(ties.groups[node] or node, []).append(node)
    for block in blocks.values():
        block.sort(key=weights.__getitem__)
    in_order = sorted(blocks.values(), key=lambda block: sum(map(weights.get, block)) / len(block))  # type: ignore[arg-type]
    return [node for block in in_order for node in block]


def _swap(rows: Rows, ties: Ties) -> None:
    """Swap neighbours as long as fewer arrows cross by that."""
    for rank, row in enumerate(rows):
        sides = [
            (beside, {node: at for at, node in enumerate(rows[other])})
            for beside, other in ((ties.above, rank - 1), (ties.below, rank + 1))
            if 0 <= other < len(rows)
        ]
        improved = True
        while improved:
            improved = False
            for at in range(len(row) - 1):
                left, right = row[at], row[at + 1]
                if ties.groups[left] != ties.groups[right]:
                    continue
                gain = 0
                for beside, places in sides:
                    lefts = [places[other] for other in beside[left]]
                    rights = [places[other] for other in beside[right]]
                    gain += _crossed(lefts, rights) - _crossed(rights, lefts)
                if gain > 0:
                    row[at], row[at + 1] = right, left
                    improved = True


def _crossed(lefts: list[int], rights: list[int]) -> int:
    """Return how many arrows cross of two nodes that stand in this order."""
    return sum(left > right for left in lefts for right in rights)
