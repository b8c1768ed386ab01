"""A text as opinion is told in it: words in clauses, what is negated, and which clause counts more.

"Not bad, but I would never watch it again" says what it says in its second clause: what comes
after `but` weighs more, what comes before it less, and so for `although` and its kin.
"""

# ruff: noqa: RUF001, SIM905
# Typographic marks are looked for; word lists read as text.

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_TOKEN = re.compile(r"n't\b|[^\W\d_]+(?:['’\-][^\W\d_]+)*|[.,;:!?()\n—–]|\d+(?:[.,]\d+)*|[^\w\s]+")
_APART = re.compile(r"\b(ca|wo|sha|[a-z]+)(n['’]t)\b", re.IGNORECASE)
_STOPS = frozenset(".;:!?()\n")
_NEGATORS = frozenset(
    "n't not no never none nobody nothing nowhere neither nor cannot without hardly barely "
    "scarcely rarely "
    "seldom lack lacks lacked lacking fails fail failed devoid".split()
)
_NEGATING_PAIRS = frozenset(
    (("far", "from"), ("anything", "but"), ("instead", "of"), ("rather", "than"))
)
_AFTER_WEIGHS = frozenset(
    ("but", "however", "yet", "nevertheless", "nonetheless", "unfortunately", "sadly")
)
_THIS_WEIGHS_LESS = frozenset(
    ("although", "though", "despite", "while", "whereas", "notwithstanding")
)
REACH = 4
"""How many words a negation reaches, if no mark or conjunction ends it before."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word in lower case, or a run of marks; `weight` is that of its clause."""

    text: str
    negated: bool = False
    weight: float = field(default=1.0, kw_only=True)
    shouted: bool = field(default=False, kw_only=True)


def read(text: str) -> list[Token]:
    """Return the words with what their place in the text does to them."""
    words = _words(text)
    weights = _weights([word.lower() for word in words])
    shouts = any(word.isupper() and len(word) > 1 for word in words) and not text.isupper()
    return [
        Token(word.lower().replace("’", "'"), negated, weight=weight,
              shouted=shouts and word.isupper() and len(word) > 2)
        for word, negated, weight in zip(words, _negations(words), weights, strict=True)
    ]  # fmt: skip


def is_negator(word: str) -> bool:
    """Tell whether a word negates what follows it."""
    return word in _NEGATORS


def _words(text: str) -> list[str]:
    return _TOKEN.findall(_APART.sub(_split_negation, text))


def _split_negation(found: re.Match[str]) -> str:
    stem = {"ca": "can", "wo": "will", "sha": "shall"}.get(found[1].lower(), found[1])
    return f"{stem} n't"


def _negations(words: list[str]) -> Iterator[bool]:
    reach = 0
    for n, word in enumerate(words):
        lower = word.lower()
        before = words[n - 1].lower() if n else ""
        if lower in _STOPS or lower in {"but", "because", "although", "though", ","}:
            reach = 0 if lower != "," else max(0, reach - 2)
        yield reach > 0 and lower not in _NEGATORS
        if (before, lower) in _NEGATING_PAIRS:
            reach = REACH
            continue
        if lower in _NEGATORS and not (lower == "not" and words[n + 1 : n + 2] == ["only"]):
            reach = REACH
        elif reach:
            reach -= 1


def _weights(words: list[str]) -> list[float]:
    """Weigh each word by its clause: within a sentence, what is conceded counts for less."""
    weights = [1.0] * len(words)
    start = 0
    for n, word in enumerate([*words, "."]):
        if word in ".!?\n":
            _weigh_sentence(words, weights, start, n)
            start = n + 1
    return weights


def _weigh_sentence(words: list[str], weights: list[float], start: int, end: int) -> None:
    for n in range(start, end):
        if words[n] in _AFTER_WEIGHS and n > start + 1:
            weights[start:n] = [weight * 0.5 for weight in weights[start:n]]
            weights[n:end] = [weight * 1.4 for weight in weights[n:end]]
        elif words[n] in _THIS_WEIGHS_LESS:
            stop = (
                next((m for m in range(n + 1, end) if words[m] == ","), end) if n == start else end
            )
            weights[n:stop] = [weight * 0.6 for weight in weights[n:stop]]
