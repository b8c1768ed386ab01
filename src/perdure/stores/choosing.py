"""Which waiting jobs a claim gets: the order, the same in every store.

A store brings what waits, each queue as a *line*; what is here only takes turns.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import heapify, heappop, heapreplace, merge
from itertools import islice
from typing import Any, NamedTuple

WINDOW = 64
"""Of so many fair keys, in the order of their turns, those with the fewest attempts come first."""


class Candidate(NamedTuple):
    """A job that could be claimed: `job` is what the store knows it by.

    `place` counts the keys of its queue from the one whose turn it is; None for one that no queue
    of its own holds.
    """

    rank: float
    job: Any
    queue: str = ""
    fair: str = ""
    place: int = 0


class Line(NamedTuple):
    """A queue in which jobs wait, and what its limits allow.

    `turn` is the key that was served last by workers of this kind. `free` more attempts may be
    under way, and `left` more be begun now; None is any number. `oldest` is when the first one was
    begun that counts for the rate of `most` in `seconds`.
    """

    name: str
    turn: str
    most: int | None
    seconds: float | None
    free: int | None
    left: int | None
    oldest: float | None

    def allows(self, most: int) -> int:
        """Return how many of its jobs may be claimed now, of `most` that are wanted."""
        return max(0, min(each for each in (most, self.free, self.left) if each is not None))


class Taken(NamedTuple):
    """What a claim took of its lines: the new turns, how many were begun, and when more may be."""

    turns: list[tuple[str, str]]
    begun: list[tuple[str, int]]
    again: float | None


def in_turn(
    queue: str, keys: Iterable[tuple[str, Iterable[tuple[float, Any]]]], busy: Mapping[str, int]
) -> Iterator[Candidate]:
    """Yield a queue's candidates: one of each fair key, then again one of each.

    `keys` come in the order of their turns, each with its jobs (rank, job) in order, which are
    asked for one by one. The keys with the fewest attempts under way, by `busy`, come first.
    """
    numbered = enumerate(keys)
    while some := list(islice(numbered, WINDOW)):
        heap = [(busy.get(key, 0), place, key, iter(jobs)) for place, (key, jobs) in some]
        heapify(heap)
        while heap:
            count, place, key, jobs = heap[0]
            if (job := next(jobs, None)) is None:
                heappop(heap)
                continue
            heapreplace(heap, (count + 1, place, key, jobs))
            yield Candidate(job[0], job[1], queue, key, place)


def choose(sources: Sequence[Iterator[Candidate]], most: int) -> list[Candidate]:
    """Return up to `most` candidates; of the first ones of all sources, always the least rank."""
    return list(islice(merge(*sources, key=lambda candidate: candidate.rank), most))


def taken(lines: Iterable[Line], chosen: Sequence[Candidate], now: float) -> Taken:
    """Return what a claim is to write of its lines."""
    turns, begun, again = [], [], []
    for line in lines:
        mine = [candidate for candidate in chosen if candidate.queue == line.name]
        last = max(mine, key=lambda candidate: candidate.place, default=None)
        if last is not None and last.fair != line.turn:
            turns.append((line.name, last.fair))
        if line.left is None or line.seconds is None:
            continue
        if mine:
            begun.append((line.name, len(mine)))
        if len(mine) >= line.left:
            again.append((now if line.oldest is None else line.oldest) + line.seconds)
    return Taken(turns, begun, min(again, default=None))
