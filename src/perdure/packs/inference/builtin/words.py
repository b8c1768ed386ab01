"""Words of a text, in any script: tokens, stop words, stems, and weights by rarity."""

# ruff: noqa: RUF001
# Typographic marks are looked for; word lists read as text.

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files

_WORD = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\u0e00-\u0e7f]+|[^\W_]+(?:['’\-][^\W_]+)*"
)
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]")
_ENOUGH = 20_000  # characters tell which language it is
_SUFFIXES = (
    "izations", "ization", "isation", "ations", "ation", "ities", "ments", "ment", "ness", "ings",
    "ing", "ions", "ion", "ies", "ied", "ally", "edly", "ed", "es", "ly", "s",
)  # fmt: skip


def tokens(text: str) -> list[str]:
    """Return the words in lower case; scripts without spaces give pairs of characters."""
    found: list[str] = []
    for word in _WORD.findall(text.lower()):
        if _UNSPACED.match(word):
            found += [word[n : n + 2] for n in range(max(1, len(word) - 1))]
        else:
            found.append(word.replace("’", "'"))
    return found


def terms(text: str, stops: Collection[str]) -> list[str]:
    """Return the stems of the words that carry matter: those that are not among `stops`."""
    return [stem(word) for word in tokens(text) if word not in stops and len(word) > 1]


@cache
def stem(word: str) -> str:
    """Cut common English endings, as a rule not below four letters: enough to compare words."""
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 4 and not word.endswith("ss"):
            return _without_e(word[: -len(suffix)])
    plural = len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is"))
    return word[:-1] if plural else _without_e(word)


def _without_e(word: str) -> str:
    return word[:-1] if len(word) > 4 and word.endswith("e") else word


def stopwords_of(text: str) -> frozenset[str]:
    """Return the stop words of the language that a text has most of, as far as there is a list."""
    found = tokens(text[:_ENOUGH])
    lists = _stopwords()
    return max(lists.values(), key=lambda words: sum(word in words for word in found))


def english_stopwords() -> frozenset[str]:
    """Return the stop words of English."""
    return _stopwords()["en"]


@cache
def _stopwords() -> dict[str, frozenset[str]]:
    text = files("perdure.packs").joinpath("words", "stopwords.txt").read_text(encoding="utf-8")
    body = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    parts = (part.partition("]") for part in body.split("[")[1:])
    return {language: frozenset(words.split()) for language, _, words in parts}


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
