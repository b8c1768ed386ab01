"""Sentences chosen: the most central or most relevant ones, none saying what another said."""

from collections.abc import Mapping, Sequence
from math import ceil

from perdure.packs.inference.builtin import words
from perdure.packs.inference.builtin.sentences import Sentence

ALIKE = 0.6
"""How much of a sentence's worth is lost by being like one that is chosen already."""

SAME = 0.9
"""From this likeness on, a sentence says what is said already."""

SCRAP = 0.1
"""What is worth less than this share of the best item only fills room."""


def centrality(vectors: Sequence[Mapping[str, float]]) -> list[float]:
    """Return how near each vector is to the middle of all, 0 to 1."""
    total: dict[str, float] = {}
    for vector in vectors:
        for term, value in vector.items():
            total[term] = total.get(term, 0.0) + value
    middle = words.unit(total)
    return [words.cosine(vector, middle) for vector in vectors]


def chosen(
    scores: Sequence[float],
    vectors: Sequence[Mapping[str, float]],
    costs: Sequence[int],
    *,
    count: int,
    budget: int | None,
) -> list[int]:
    """Return the places of at most `count` items that cost at most `budget` together, in order.

    The best one comes first, then those that are good and least like what is chosen.
    """
    least = SCRAP * max(scores, default=0.0)
    left = [n for n, score in enumerate(scores) if score > least]
    likeness = dict.fromkeys(left, 0.0)
    picked: list[int] = []
    room = float("inf") if budget is None else budget
    while len(picked) < count and (left := [n for n in left if costs[n] <= room]):
        best = max(left, key=lambda n: (scores[n] * (1 - ALIKE * likeness[n]), -n))
        picked.append(best)
        room -= costs[best]
        for n in left:
            likeness[n] = max(likeness[n], words.cosine(vectors[n], vectors[best]))
        left = [n for n in left if n != best and likeness[n] <= SAME]
    return sorted(picked)


def told(kept: Sequence[Sentence]) -> str:
    """Return sentences as one text, a new line where something was left out between paragraphs."""
    return " ".join(sentence.text for sentence in kept)


def token_count(text: str) -> int:
    """Return about how many tokens a language model would count."""
    return ceil(len(text.encode()) / 4)
