"""Which layer each node of a graph is in, so that arrows lead down; those that cannot are turned.

The first of the steps by which layered drawings are made (Sugiyama, Tagawa, Toda 1981): break rings,
rank by the longest way, let what has no need of being early come late.
"""

from collections.abc import Sequence
from dataclasses import dataclass

Arrow = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Layered:
    """The layer of each node, from 0, and the arrows that lead up against the layers."""

    ranks: list[int]
    turned: frozenset[Arrow]


def find_layers(count: int, arrows: Sequence[Arrow]) -> Layered:
    """Return layers for nodes 0 to `count` - 1. An arrow from a node to itself means nothing here."""
    real = [arrow for arrow in dict.fromkeys(arrows) if arrow[0] != arrow[1]]
    turned = _find_turned(count, real)
    down = {(head, tail) if (tail, head) in turned else (tail, head): None for tail, head in real}
    below: list[list[int]] = [[] for _ in range(count)]
    above: list[list[int]] = [[] for _ in range(count)]
    for tail, head in down:
        below[tail].append(head)
        above[head].append(tail)
    order = _topological(below, above)
    ranks = [0] * count
    for node in order:
        ranks[node] = max((ranks[other] + 1 for other in above[node]), default=0)
    for node in reversed(order):
        if len(below[node]) > len(above[node]):
            ranks[node] = min(ranks[other] for other in below[node]) - 1
    return Layered(ranks, turned)


def _find_turned(count: int, arrows: Sequence[Arrow]) -> frozenset[Arrow]:
    """Return the arrows that lead back to where a search came from: without them there is no ring."""
    below: list[list[int]] = [[] for _ in range(count)]
    for tail, head in arrows:
        below[tail].append(head)
    state = [0] * count  # 0 unseen, 1 on the way down, 2 done
    turned = set()
    for root in range(count):
        trail = [(root, 0)] if not state[root] else []
        state[root] = max(state[root], 1)
        while trail:
            node, at = trail.pop()
            if at == len(below[node]):
                state[node] = 2
                continue
            trail.append((node, at + 1))
            head = below[node][at]
            if state[head] == 1:
                turned.add((node, head))
            elif not state[head]:
                state[head] = 1
                trail.append((head, 0))
    return frozenset(turned)


def _topological(below: Sequence[Sequence[int]], above: Sequence[Sequence[int]]) -> list[int]:
    lacks = [len(needed) for needed in above]
    order = [node for node, lack in enumerate(lacks) if not lack]
    for node in order:  # it grows while it is gone through
        for other in below[node]:
            lacks[other] -= 1
            if not lacks[other]:
                order.append(other)
    return order
