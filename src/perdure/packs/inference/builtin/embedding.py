"""`builtin/embedding`: a vector by which texts that share words and spellings are near.

Words and pieces of words are hashed into a fixed number of places with a sign (the hashing trick).
It serves to find duplicates, route and rank; texts that mean the same in other words are not near.
"""

from math import log, sqrt
from typing import Annotated
from zlib import crc32

from annotated_types import Interval

from perdure.packs.inference.builtin import words


def embedding(
    text: str, *, dimensions: Annotated[int, Interval(ge=32, le=4096)] = 512
) -> list[float]:
    """Return a vector of length one; the same text always gives the same vector."""
    counts: dict[str, float] = {}
    stops = words.stopwords_of(text)
    for word in words.tokens(text):
        weight = 0.2 if word in stops else 1.0
        for feature, share in _features(word):
            counts[feature] = counts.get(feature, 0.0) + weight * share
    vector = [0.0] * dimensions
    for feature, count in counts.items():
        code = crc32(feature.encode())
        vector[code % dimensions] += log(1 + count) * (1 if code & 0x80000000 else -1)
    length = sqrt(sum(value * value for value in vector)) or 1.0
    return [round(value / length, 6) for value in vector]


def _features(word: str) -> list[tuple[str, float]]:
    """Return the word's stem, and its pieces of three to five letters, which share a weight."""
    padded = f"<{word}>"
    pieces = [padded[n : n + size] for size in (3, 4, 5) for n in range(len(padded) - size + 1)]
    return [
        (f"w:{words.stem(word)}", 1.0),
        *((f"p:{piece}", 1.5 / len(pieces)) for piece in pieces),
    ]
