"""What a text's words say for and against, by lexicon and rules.

Word values are vaderSentiment's and, where it has none, our own; a word is found by its base form
too. Negation turns a value and weakens it, a booster strengthens it, capitals do so where others
are small, and what rises or falls is good or bad by what it is.
"""

# Typographic marks are looked for; word lists read as text.

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from math import copysign

from perdure.errors import MissingExtraError
from perdure.packs.inference.builtin.clauses import Token, is_negator

TURNED = -0.7
"""What a negation makes of a value: the opposite, and less of it."""

_ENDINGS = (
    ("iest", "y"), ("ier", "y"), ("ies", "y"), ("ied", "y"), ("ily", "y"), ("est", ""),
    ("est", "e"), ("ers", ""), ("er", ""), ("er", "e"), ("ing", ""), ("ing", "e"), ("ed", ""),
    ("ed", "e"), ("ly", ""), ("es", ""), ("s", ""), ("d", ""),
)  # fmt: skip
_COMPARATIVE = re.compile(r"better|more|\w{2,}(?:er|ier)")
_LONGEST = 6  # words in a phrase
_DENIAL = -0.4
"""What a negation says by itself: praise seldom needs one."""
_RELIEVED = -0.5
"""What is made of something bad by its end: `fixed all the problems`."""
_NOT_AGAIN = -1.8
"""What it says that something will never be done again."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Values of words and of phrases (their words), and words of direction and of burden."""

    values: Mapping[str, float]
    boosters: Mapping[str, float]
    phrases: Mapping[tuple[str, ...], float] = field(kw_only=True)
    sections: Mapping[str, frozenset[str]] = field(kw_only=True)

    def value(self, word: str) -> float:
        """Return the value of a word or of its base form, 0 for a word that says nothing."""
        found = self.values.get(word)
        return found if found is not None else self._by_base(word)

    def _by_base(self, word: str) -> float:
        for ending, instead in _ENDINGS:
            if not word.endswith(ending) or len(word) - len(ending) < 3:
                continue
            base = word[: -len(ending)] + instead
            if ending == "d" and base[-1] != "e":
                continue  # wood is nothing done
            if base not in self.values and base[-1] == base[-2]:
                base = base[:-1]
            value = self.values.get(base, 0.0)
            if value > 0 or (value and ending not in {"er", "ers"}):
                return value  # a striker has nothing bad of a strike
        return 0.0


@cache
def lexicon() -> Lexicon:
    """Return the lexicon; it is read at the first call."""
    try:
        from vaderSentiment.vaderSentiment import BOOSTER_DICT, SentimentIntensityAnalyzer
    except ImportError as error:
        raise MissingExtraError("builtin/sentiment", "vaderSentiment", "text") from error
    values = dict(SentimentIntensityAnalyzer().lexicon)
    phrases: dict[tuple[str, ...], float] = {}
    sections: dict[str, set[str]] = {name: set() for name in ("up", "down", "burden", "relief")}
    for section, text in _sections():
        if section in sections:
            sections[section].update(text.split())
        elif section.startswith("phrases "):
            worth = float(section.removeprefix("phrases "))
            phrases.update(
                (tuple(phrase.split()), worth) for phrase in text.split(";") if phrase.strip()
            )
        else:
            values.update(dict.fromkeys(text.split(), float(section)))
    for word in sections["up"] | sections["down"] | sections["burden"]:
        values.pop(word, None)
    fixed = {name: frozenset(words) for name, words in sections.items()}
    return Lexicon(values, dict(BOOSTER_DICT), phrases=phrases, sections=fixed)


def _sections() -> Iterator[tuple[str, str]]:
    text = files("perdure.packs").joinpath("words", "valence.txt").read_text(encoding="utf-8")
    lines = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    for part in lines.split("[")[1:]:
        name, _, body = part.partition("]")
        yield name, body


def balance(tokens: Sequence[Token]) -> tuple[float, float]:
    """Return what is said for and what is said against, both from 0 up."""
    known = lexicon()
    good = bad = 0.0
    n = 0
    while n < len(tokens):
        value, length = _phrase(tokens, n, known)
        if not length:
            value, length = _worth(tokens, n, known), 1
        good += max(value, 0.0)
        bad += max(-value, 0.0)
        n += length
    return good, bad


def _phrase(tokens: Sequence[Token], n: int, known: Lexicon) -> tuple[float, int]:
    """Return the worth and the length of the longest phrase that begins here, (0, 0) if none."""
    words = tuple(token.text for token in tokens[n : n + _LONGEST])
    for length in range(len(words), 1, -1):
        value = known.phrases.get(words[:length])
        if value is not None:
            turned = TURNED if tokens[n].negated else 1.0
            return value * turned * tokens[n].weight, length
    return 0.0, 0


def _worth(tokens: Sequence[Token], n: int, known: Lexicon) -> float:
    token = tokens[n]
    if is_negator(token.text):
        turns = any(t.negated and known.value(t.text) for t in tokens[n + 1 : n + 5])
        return 0.0 if turns else _DENIAL * token.weight
    if token.text == "again" and _is_refused(tokens, n):
        return _NOT_AGAIN * token.weight
    value = _direction(tokens, n, known) or known.value(token.text)
    if not value:
        return 0.0
    value = _strengthened(value, tokens, n, known) * token.weight
    if value < 0 and _is_relieved(tokens, n, known):
        return value * _RELIEVED
    if not token.negated:
        return value
    return abs(value) if _is_unsurpassed(tokens, n) else value * TURNED


def _direction(tokens: Sequence[Token], n: int, known: Lexicon) -> float:
    """Return the worth of a rise or fall: by the nearest word about, a burden or not."""
    word = tokens[n].text
    if word in known.sections["up"]:
        sign = 1.0
    elif word in known.sections["down"]:
        sign = -1.0
    else:
        return 0.0
    about = tokens[max(0, n - 6) : n + 5]
    burden = any(token.text in known.sections["burden"] for token in about)
    return -2.0 * sign if burden else 1.3 * sign


def _strengthened(value: float, tokens: Sequence[Token], n: int, known: Lexicon) -> float:
    for distance, share in ((1, 1.0), (2, 0.9)):
        if n >= distance:
            boost = known.boosters.get(tokens[n - distance].text, 0.0) * share
            value += copysign(boost, value) if boost > 0 else copysign(-boost, -value)
    return value * 1.25 if tokens[n].shouted else value


def _is_refused(tokens: Sequence[Token], n: int) -> bool:
    """Tell whether a sentence says `not` or `never` before its `again`."""
    for token in reversed(tokens[max(0, n - 9) : n]):
        if token.text in {".", "!", "?", ";", ",", "hesitate"}:
            return False
        if token.text in {"not", "n't", "never", "nobody"}:
            return True
    return False


def _is_relieved(tokens: Sequence[Token], n: int, known: Lexicon) -> bool:
    """Tell whether something bad is ended, cured or kept off by a word shortly before it."""
    for token in reversed(tokens[max(0, n - 5) : n]):
        if token.text in ".,;:!?":
            return False
        if token.text in known.sections["relief"]:
            return not token.negated
    return tokens[n + 1 : n + 2] != [] and tokens[n + 1].text in known.sections["burden"]


def _is_unsurpassed(tokens: Sequence[Token], n: int) -> bool:
    """Tell `couldn't be happier`, `no better way`: praise in the clothes of a negation."""
    before = [token.text for token in tokens[max(0, n - 5) : n]]
    compared = any(map(_COMPARATIVE.fullmatch, (tokens[n].text, *before[-1:])))
    enough = any(token.text == "enough" for token in tokens[n : n + 6])
    compared = compared or (enough and "can" in before)
    compared = compared or (before[-1:] in (["this"], ["so"], ["as"]) and "never" in before)
    return compared and bool({"could", "never", "can", "no", "nothing"} & set(before))
