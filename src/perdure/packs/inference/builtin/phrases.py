"""`builtin/key-phrases`: the phrases that a text is about.

Runs of words between stop words and punctuation (as RAKE takes them), worth more the oftener they
come, the earlier they begin and the more of their words come elsewhere too.
"""

# ruff: noqa: RUF001, SIM905
# Typographic marks are looked for; word lists read as text.

import re
from collections import Counter
from collections.abc import Collection
from math import log
from typing import Annotated, TypedDict

from annotated_types import Interval

from perdure.packs.inference.builtin import words

LONGEST = 4

_PIECE = re.compile(r"[^.,;:!?()\[\]{}\"“”«»…—–/|<>=+*\n。、！？「」（）\t]+")
_WORD = re.compile(r"\S+")
_CORE = re.compile(r"\w(?:.*\w)?", re.DOTALL)
_WEAK = frozenset(
    "use uses used using make makes made making give gives given take takes taken show shows "
    "shown find finds "
    "found say says said saying tell tells told go goes going went come comes came become "
    "becomes know known see "
    "seen look looks need needs needed want wants help helps helped keep keeps kept let put seem "
    "seems like "
    "new good bad big small many first second last next different several various able way ways "
    "thing things "
    "lot number kind part case cases one two three four five six seven eight nine ten year years "
    "day days time "
    "times today yesterday tomorrow not no never nothing nobody cannot can't won't don't doesn't "
    "didn't isn't "
    "aren't wasn't weren't add added adds call called calls allow allows include includes "
    "including within "
    "without around across among along although however because still already always usually "
    "often sometimes "
    "perhaps maybe probably likely simply actually therefore thus moreover according based "
    "due".split()
)


class Phrase(TypedDict):
    """A phrase as it first stands in the text, with its worth from 0 to 1 of the best one."""

    text: str
    score: float


def key_phrases(text: str, *, top_k: Annotated[int, Interval(ge=1, le=200)] = 10) -> list[Phrase]:
    """Return the best phrases of the text, best first."""
    found = _candidates(text)
    counts = Counter(key for key, _, _ in found)
    single = Counter(word for key, _, _ in found for word in set(key))
    first: dict[tuple[str, ...], tuple[str, int]] = {}
    for key, shown, place in found:
        first.setdefault(key, (shown, place))
    scored = []
    for key, (shown, place) in first.items():
        shared = sum(log(1 + single[word]) for word in key) / len(key)
        worth = (counts[key] ** 0.7) * shared * (1 + 0.8 * min(len(key) - 1, 2))
        scored.append((worth * (1.2 - 0.4 * place / max(1, len(text))), key, shown))
    scored.sort(key=lambda item: (-item[0], item[1]))
    return _distinct(scored, top_k)


def _candidates(text: str) -> list[tuple[tuple[str, ...], str, int]]:
    """Return each run of words that carry matter: its stems, its look and its place."""
    found = []
    stops = words.stopwords_of(text)
    for piece in _PIECE.finditer(text):
        run: list[tuple[str, int]] = []
        for token in [*_WORD.finditer(piece[0]), None]:
            core = _CORE.search(token[0]) if token else None
            word = core[0] if core else ""
            if word and _matters(word, stops):
                run.append((word, piece.start() + (token.start() if token else 0)))
                continue
            if run:
                found += _phrase(run)
            run = []
    return found


def _phrase(run: list[tuple[str, int]]) -> list[tuple[tuple[str, ...], str, int]]:
    made = []
    for n in range(0, len(run), LONGEST):
        part = run[n : n + LONGEST]
        shown = " ".join(word for word, _ in part)
        made.append((tuple(words.stem(word.lower()) for word, _ in part), shown, part[0][1]))
    return made


def _matters(word: str, stops: Collection[str]) -> bool:
    lower = word.lower().replace("’", "'")
    if lower in stops or lower in _WEAK or not any(c.isalpha() for c in word):
        return False
    return len(word) > 2 or word.isupper() or not word.isascii()


def _distinct(scored: list[tuple[float, tuple[str, ...], str]], count: int) -> list[Phrase]:
    """Keep the best, leaving out what another phrase has already said in other words."""
    kept: list[tuple[tuple[str, ...], Phrase]] = []
    best = scored[0][0] if scored else 1.0
    for worth, key, shown in scored:
        if any(set(key) <= set(other) or set(other) <= set(key) for other, _ in kept):
            continue
        kept.append((key, {"text": shown, "score": round(worth / best, 4)}))
        if len(kept) == count:
            break
    return [phrase for _, phrase in kept]
