"""Runs of capitalised words that may be names, each with the words around it.

A run goes on over the small words of names (`Bank of England`, `Vincent van Gogh`). What a
sentence begins with has its capital for that; whether it is a name others must tell.
"""

# ruff: noqa: RUF001, SIM905
# Typographic marks are looked for; word lists read as text.

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from perdure.packs.inference.builtin import names

_TOKEN = re.compile(
    r"(?:[A-Z]\.){2,}|[A-Z]\.(?=\s[A-Z])|(?:[dDlLO]['’])?[^\W\d_]+(?:[-‐][^\W\d_]+|['’](?=[A-Z])[^\W\d_]+|\.com)*|"
    r"\d[\d.,]*|['’]s\b|\n\s*\n|[^\w\s]"
)
LONGEST = 12
"""The most words that a name has, with a few to spare."""

_ENDS = frozenset('.!?:;"“”«»•(—–') | {"\n"}
_OF = frozenset(("of", "for", "de", "du", "des", "della", "di", "do", "da"))
_PARTICLES = frozenset(
    "van von der den de la le da dos del di du bin ibn al el ter ten y e af av zu zur".split()
)
_ABBREVIATIONS = frozenset(
    "Mr Mrs Ms Dr Prof St Sen Rep Gov Gen Col Capt Lt Sgt Rev Inc Ltd Corp Co Jr Sr Bros Mt Ft "
    "No vs".split()
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word or mark with its place."""

    text: str
    start: int
    end: int = field(kw_only=True)
    first: bool = field(default=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Span:
    """A run of tokens; `before` and `after` are up to three words about it, in small letters."""

    tokens: tuple[Token, ...]
    before: tuple[str, ...]
    after: tuple[str, ...] = field(kw_only=True)

    @property
    def words(self) -> tuple[str, ...]:
        """Return the words."""
        return tuple(token.text for token in self.tokens)

    @property
    def is_first(self) -> bool:
        """Tell whether it begins a sentence."""
        return self.tokens[0].first


def tokens(text: str) -> list[Token]:
    """Return words and marks; the first word of each sentence knows that it is."""
    made: list[Token] = []
    first = True
    for found in _TOKEN.finditer(text):
        word = found[0]
        made.append(Token(word, found.start(), end=found.end(), first=first))
        ends = word[0] in _ENDS or "\n" in word
        if word == "." and len(made) > 1 and made[-2].text in _ABBREVIATIONS:
            ends = False
        first = ends or (first and not word[0].isalnum())
    return made


def spans(found: Sequence[Token], taken: Sequence[tuple[int, int]]) -> Iterator[Span]:
    """Give the runs of capitalised words that lie outside of what is taken (in order)."""
    free = _free(found, taken)
    n = 0
    while n < len(found):
        if free[n] and _is_capital(found[n]):
            end = _end(found, n, free)
            yield _span(found, n, end)
            n = end
        else:
            n += 1


def _free(found: Sequence[Token], taken: Sequence[tuple[int, int]]) -> list[bool]:
    made = []
    n = 0
    for token in found:
        while n < len(taken) and taken[n][1] <= token.start:
            n += 1
        made.append(n == len(taken) or token.end <= taken[n][0])
    return made


def _is_capital(token: Token) -> bool:
    word = token.text
    return word[:1].isupper() or word[:3] in {"al-", "el-"} or (len(word) > 2 and word[1].isupper())


def _end(found: Sequence[Token], start: int, free: Sequence[bool]) -> int:
    """Return where a run ends that begins at `start`."""
    n = start + 1
    while n < min(len(found), start + LONGEST) and free[n]:
        word = found[n].text
        if (_is_capital(found[n]) and not _is_apart(found, n)) or (
            word == "." and found[n - 1].text in _ABBREVIATIONS and _follows(found, n, free)
        ):
            n += 1
        elif (
            (word in {"'s", "’s"} and _follows(found, n, free) and _is_house(found[n + 1].text))
            or (word == "&" and _follows(found, n, free))
            or (word in _OF and _follows(found, n, free) and _takes_of(found[start:n]))
        ):
            n += 2
        elif (
            word == "of"
            and _next(found, n) == "the"
            and _takes_of(found[start:n])
            and _follows(found, n + 1, free)
        ):
            n += 3
        elif word in _PARTICLES and (skip := _particles(found, n, free)):
            n += skip
        else:
            break
    return n


def _is_house(word: str) -> bool:
    """Tell what is named after somebody, as in `St. Mary's Hospital`."""
    return word in {
        "Hospital",
        "College",
        "School",
        "Church",
        "Cathedral",
        "Park",
        "Day",
        "Bank",
        "University",
    }


def _is_apart(found: Sequence[Token], n: int) -> bool:
    """Tell whether a mark or the end of a sentence stands between a word and the one before."""
    return found[n].first and found[n - 1].text != "."


def _follows(found: Sequence[Token], n: int, free: Sequence[bool]) -> bool:
    return n + 1 < len(found) and free[n + 1] and _is_capital(found[n + 1])


def _next(found: Sequence[Token], n: int) -> str:
    return found[n + 1].text if n + 1 < len(found) else ""


def _takes_of(run: Sequence[Token]) -> bool:
    """Tell whether names such as this run's go on with `of`."""
    last = run[-1].text
    kinds = names.sections()
    return (
        last in kinds["organisation-first"]
        or last in kinds["organisation-last"]
        or last in kinds["place-first"]
    )


def _particles(found: Sequence[Token], n: int, free: Sequence[bool]) -> int:
    """Return the length of particles with the name after them; 0 if they are none of a name."""
    if found[n].text in {"e", "y"} or found[n - 1].text in names.sections()["common"]:
        return 0
    for length in (1, 2):
        if _follows(found, n + length - 1, free):
            return length + 1
        if _next(found, n + length - 1) not in _PARTICLES:
            return 0
    return 0


def _span(found: Sequence[Token], start: int, end: int) -> Span:
    before = [token.text.lower() for token in found[max(0, start - 3) : start]]
    after = [token.text.lower() for token in found[end : end + 3]]
    return Span(tuple(found[start:end]), tuple(before), after=tuple(after))
