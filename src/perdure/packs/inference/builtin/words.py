"""Words as weights and vectors: what texts have in common.

Words themselves are taken from texts by `packs.terms`.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from perdure.packs.terms import english_stopwords, stem, stopwords_of, terms, tokens

__all__ = [
    "cosine",
    "english_stopwords",
    "stem",
    "stopwords_of",
    "terms",
    "tokens",
    "unit",
    "weighted",
]


def weighted(documents: Sequence[Iterable[str]]) -> list[dict[str, float]]:
    """Return each document's terms as a vector of length one, rare terms weighing more."""
    counts = [Counter(document) for document in documents]
    held = Counter(term for count in counts for term in count)
    total = len(documents)
    return [
        unit(
            {
                term: (1 + math.log(n)) * math.log(1 + total / held[term])
                for term, n in count.items()
            }
        )
        for count in counts
    ]


def unit(vector: Mapping[str, float]) -> dict[str, float]:
    """Return the vector with length one; an empty one stays empty."""
    length = math.sqrt(sum(value * value for value in vector.values()))
    return {term: value / length for term, value in vector.items()} if length else {}


def cosine(first: Mapping[str, float], second: Mapping[str, float]) -> float:
    """Return how alike two vectors of length one are, 0 to 1."""
    if len(first) > len(second):
        first, second = second, first
    return sum(value * second.get(term, 0.0) for term, value in first.items())
