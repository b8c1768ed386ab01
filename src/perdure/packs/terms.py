"""Words of a text, in any script: tokens, stop words and stems."""

# ruff: noqa: RUF001
# Typographic marks are looked for; word lists read as text.

import re
from collections.abc import Collection
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
    return max(_stopwords().values(), key=lambda words: sum(word in words for word in found))


def english_stopwords() -> frozenset[str]:
    """Return the stop words of English."""
    return stopwords("en")


def stopwords(language: str) -> frozenset[str]:
    """Return the stop words of a language that has a list: en, de, fr, es, it, pt, nl."""
    return _stopwords()[language]


@cache
def _stopwords() -> dict[str, frozenset[str]]:
    text = files("perdure.packs").joinpath("words", "stopwords.txt").read_text(encoding="utf-8")
    body = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    parts = (part.partition("]") for part in body.split("[")[1:])
    return {language: frozenset(words.split()) for language, _, words in parts}
