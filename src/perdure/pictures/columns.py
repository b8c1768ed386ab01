"""Where the nodes of ordered layers stand, so that long arrows run straight and nothing overlaps.

The algorithm of Brandes and Köpf, "Fast and Simple Horizontal Coordinate Assignment" (2001): nodes
are aligned with the middle one of their neighbours, four times (from above or below, to the left or
right), packed, and each stands in the middle of the four places found for it.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from perdure.pictures.orders import Rows, Ties


@dataclass(frozen=True, slots=True)
class Spread:
    """How wide nodes are, how far apart neighbours of a layer, and which are bends of arrows."""

    widths: Sequence[float]
    bends: Sequence[bool]
    gap: float
    bend_gap: float
    group_gap: float

    def apart(self, left: int, right: int, groups: Sequence[str]) -> float:
        """Return how far the middles of two neighbours must be apart at least."""
        gap = self.bend_gap if self.bends[left] or self.bends[right] else self.gap
        if groups[left] != groups[right]:
            gap += self.group_gap * (bool(groups[left]) + bool(groups[right]))
        return (self.widths[left] + self.widths[right]) / 2 + gap


def place(rows: Rows, ties: Ties, spread: Spread) -> list[float]:
    """Return the middle of each node; the leftmost edge is at 0."""
    crossed = set(_conflicts(rows, ties, spread.bends))
    found = [
        _one_way(rows, ties, spread, (crossed, up, left))
        for up in (True, False)
        for left in (True, False)
    ]
    _line_up(found, spread.widths)
    middles = []
    for places in zip(*found, strict=True):
        ordered = sorted(places)
        middles.append((ordered[1] + ordered[2]) / 2)
    edge = min((x - w / 2 for x, w in zip(middles, spread.widths, strict=True)), default=0.0)
    return [x - edge for x in middles]


def _conflicts(rows: Rows, ties: Ties, bends: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Yield the pieces of arrows that cross a piece between two bends: those give way."""
    for upper, lower in itertools.pairwise(rows):
        places = {node: at for at, node in enumerate(upper)}
        least, scanned = 0, 0
        for at, node in enumerate(lower):
            inner = next((up for up in ties.above[node] if bends[node] and bends[up]), None)
            if inner is None and at < len(lower) - 1:
                continue
            most = places[inner] if inner is not None else len(upper)
            for other in lower[scanned : at + 1]:
                for up in ties.above[other]:
                    if not least <= places[up] <= most and not (bends[up] and bends[other]):
                        yield up, other
            scanned, least = at + 1, most


def _one_way(
    rows: Rows, ties: Ties, spread: Spread, way: tuple[set[tuple[int, int]], bool, bool]
) -> list[float]:
    """Return places of one of the four alignments; mirrored back if it was made from the right."""
    crossed, up, left = way
    ordered = rows if up else rows[::-1]
    ordered = ordered if left else [row[::-1] for row in ordered]
    roots = _align(ordered, ties.above if up else ties.below, crossed)
    places = _pack(ordered, roots, spread, ties.groups)
    return places if left else [-x for x in places]


def _align(rows: Rows, near: Sequence[Sequence[int]], crossed: set[tuple[int, int]]) -> list[int]:
    """Return for each node the first one of the column that it is in."""
    places = {node: at for row in rows for at, node in enumerate(row)}
    roots = list(range(len(places)))
    for row in rows:
        last = -1
        for node in row:
            others = sorted(near[node], key=places.__getitem__)
            if not others:
                continue
            middle = (len(others) - 1) // 2, len(others) // 2
            for other in dict.fromkeys(others[at] for at in middle):
                clear = (other, node) not in crossed and (node, other) not in crossed
                if roots[node] == node and clear and places[other] > last:
                    roots[node] = roots[other]
                    last = places[other]
    return roots


def _pack(rows: Rows, roots: list[int], spread: Spread, groups: Sequence[str]) -> list[float]:
    """Return places for columns as far left as they can be, then pulled to what is right of them."""
    left: dict[int, dict[int, float]] = {root: {} for root in roots}
    right: dict[int, dict[int, float]] = {root: {} for root in roots}
    for row in rows:
        for one, other in itertools.pairwise(row):
            a, b = roots[one], roots[other]
            apart = max(spread.apart(one, other, groups), left[b].get(a, 0.0))
            left[b][a] = right[a][b] = apart
    order = _columns(left, right)
    xs: dict[int, float] = {}
    for root in order:
        xs[root] = max((xs[other] + apart for other, apart in left[root].items()), default=0.0)
    for root in reversed(order):
        most = min((xs[other] - apart for other, apart in right[root].items()), default=xs[root])
        xs[root] = max(xs[root], most)
    return [xs[root] for root in roots]


def _columns(left: dict[int, dict[int, float]], right: dict[int, dict[int, float]]) -> list[int]:
    """Return the columns in an order in which those left of each come first."""
    lacks = {root: len(others) for root, others in left.items()}
    order = [root for root, lack in lacks.items() if not lack]
    for root in order:  # it grows while it is gone through
        for other in right[root]:
            lacks[other] -= 1
            if not lacks[other]:
                order.append(other)
    return order


def _line_up(found: list[list[float]], widths: Sequence[float]) -> None:
    """Move the four to the edge of the narrowest: its left one, or its right one."""

    def ends(xs: list[float]) -> tuple[float, float]:
        low = min((x - w / 2 for x, w in zip(xs, widths, strict=True)), default=0.0)
        return low, max((x + w / 2 for x, w in zip(xs, widths, strict=True)), default=0.0)

    low, high = min(map(ends, found), key=lambda pair: pair[1] - pair[0])
    for number, xs in enumerate(found):
        least, most = ends(xs)
        by = low - least if number % 2 == 0 else high - most
        xs[:] = [x + by for x in xs]
