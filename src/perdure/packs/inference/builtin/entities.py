"""`builtin/entities`: people, organisations, places and figures in a text, by lists and rules.

Labels: PER, ORG, LOC (as in CoNLL-2003), and DATE, TIME, MONEY, PERCENT, EMAIL, URL. Titles and
articles are no part of a name. English; names of other languages are found in English texts.
"""

# ruff: noqa: SIM905
# Typographic marks are looked for; word lists read as text.

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Literal, TypedDict

from perdure.packs.inference.builtin import names, words
from perdure.packs.inference.builtin.figures import figures
from perdure.packs.inference.builtin.naming import Name, is_descriptor, judged
from perdure.packs.inference.builtin.spans import Span, Token, spans, tokens

Label = Literal["PER", "ORG", "LOC", "DATE", "TIME", "MONEY", "PERCENT", "EMAIL", "URL"]


class Entity(TypedDict):
    """A name or figure: its text is the slice from `start` to `end` of the text asked about."""

    text: str
    label: str
    score: float
    start: int
    end: int


_TAILS = frozenset(
    "based born led educated backed owned style wide area bound trained funded made listed "
    "controlled held occupied "
    "run friendly related like era speaking".split()
)
_FIRM = 0.85
"""How sure a verdict must be to count in a headline, where every word has a capital."""


def entities(text: str, *, labels: list[Label] | None = None) -> list[Entity]:
    """Return what is found, in the order of the text; `labels` limits it to those."""
    found = [_entity(text, *figure, 0.95) for figure in figures(text)]
    found += _names(text, sorted((entity["start"], entity["end"]) for entity in found))
    wanted = [entity for entity in found if labels is None or entity["label"] in labels]
    return sorted(wanted, key=lambda entity: entity["start"])


def _entity(text: str, start: int, end: int, label: str, score: float) -> Entity:
    return {"text": text[start:end], "label": label, "score": score, "start": start, "end": end}


def _names(text: str, taken: Sequence[tuple[int, int]]) -> list[Entity]:
    found = tokens(text)
    headlines = _headlines(found)
    found = [_in_small(token) if token.start in headlines else token for token in found]
    verdicts = [
        (place, name, judged(name))
        for span in spans(found, taken)
        for place, name in candidates(span, in_headline=span.tokens[0].start in headlines)
    ]
    known = _known_again([(name, verdict) for _, name, verdict in verdicts])
    made = []
    for (start, end), name, verdict in verdicts:
        if name.is_alone and name.full in known and (verdict is None or verdict[1] < 0.7):
            verdict = (known[name.full], 0.8)  # noqa: PLW2901 - the better verdict
        if verdict is not None and (not name.in_headline or verdict[1] >= _FIRM):
            made.append(_entity(text, start, _with_stop(text, end, name), *verdict))
    return made


def _with_stop(text: str, end: int, name: Name) -> int:
    """Return the end with the full stop of an abbreviated `Inc.` within a sentence."""
    inside = text[end : end + 1] == "." and re.match(r"[,;]|\s+[a-z]", text[end + 1 :])
    return (
        end + 1
        if inside and name.words[-1] in {"Inc", "Ltd", "Corp", "Co", "Jr", "Sr", "Bros"}
        else end
    )


def _known_again(verdicts: Sequence[tuple[Name, tuple[str, float] | None]]) -> dict[str, str]:
    """Return words that stand for a longer name told elsewhere: surnames, first words of firms."""
    known: dict[str, str] = {}
    for name, verdict in verdicts:
        if verdict is not None and not name.is_alone and verdict[1] >= 0.6:
            if verdict[0] == "PER":
                known.setdefault(name.words[-1], "PER")
            elif verdict[0] == "ORG":
                known.setdefault(name.words[0], "ORG")
    common = names.sections()["common"] | names.sections()["organisation-first"]
    return {word: label for word, label in known.items() if word not in common}


def candidates(span: Span, *, in_headline: bool = False) -> Iterator[tuple[tuple[int, int], Name]]:
    """Give the names that a run may hold, each with its place, less titles and articles."""
    for start, end in _known_parts(span) if in_headline else _parts(span):
        part = span.tokens[start:end]
        kept, titled = _trimmed(part)
        if not kept:
            continue
        shown = [token.text for token in kept]
        shown[-1] = _without_tail(shown[-1])
        begun = start + len(part) - len(kept)
        name = Name(
            tuple(shown),
            (*span.before, *(word.lower() for word in span.words[:begun]))[-3:],
            after=(*(word.lower() for word in span.words[end:]), *span.after)[:3],
            titled=titled,
            is_first=kept[0].first,
            in_headline=in_headline,
        )
        yield (kept[0].start, kept[-1].start + len(shown[-1])), name


def _known_parts(span: Span) -> list[tuple[int, int]]:
    """Return the known names within a run of a headline, the longest first from each place."""
    found = []
    n = 0
    while n < len(span.words):
        length = next((k for k in (5, 4, 3, 2, 1) if _is_name(span.words[n : n + k], k)), 0)
        if length:
            found.append((n, n + length))
        n += length or 1
    return found


def _is_name(texts: Sequence[str], length: int) -> bool:
    if len(texts) < length:
        return False
    if names.is_known(" ".join(texts)):
        return length > 1 or texts[0] not in names.sections()["common"]
    common = names.sections()["common"]
    return length == 2 and texts[0] in names.first_names() and not common & set(texts)


def _parts(span: Span) -> list[tuple[int, int]]:
    """Part a run at titles within it (`Tesla CEO Elon Musk`), unless the whole is a known name."""
    kinds = names.sections()
    whole = " ".join(span.words)
    if whole in kinds["organisation"] or whole in kinds["place"] or "of" in span.words:
        return [(0, len(span.tokens))]
    cuts = [0]
    n = 0
    while n < len(span.words) - 1:
        length = _title_length(span.words, n)
        if length and 0 < n < len(span.words) - length:
            cuts.append(n)
        n += length or 1
    return list(zip(cuts, [*cuts[1:], len(span.tokens)], strict=True))


def _title_length(texts: Sequence[str], n: int) -> int:
    """Return how many words from `n` on are a title, such as `Prime Minister`."""
    titles = names.sections()["title"]
    return next(
        (k for k in (3, 2, 1) if " ".join(texts[n : n + k]) in titles and n + k <= len(texts)), 0
    )


def _trimmed(part: tuple[Token, ...]) -> tuple[tuple[Token, ...], bool]:
    """Cut what is no part of a name at its front; tell whether a title was cut last."""
    kinds = names.sections()
    titled = False
    while part:
        full = " ".join(token.text for token in part)
        if full in kinds["organisation"] or full in kinds["place"]:
            break
        length = _title_length([token.text for token in part], 0)
        if length and not (length == 1 and len(part) > 1 and _is_built(part)):
            titled = True
            part = (
                part[length + 1 :]
                if part[length : length + 1] and part[length].text == "."
                else part[length:]
            )
        elif len(part) > 1 and _is_no_beginning(part):
            titled = False
            part = part[1:]
        else:
            break
    return part, titled


def _is_no_beginning(part: tuple[Token, ...]) -> bool:
    word = part[0].text
    if (
        word.lower() in words.english_stopwords()
        and word not in names.first_names()
        and not word.isupper()
    ):
        return True
    if names.is_of_a_people(word):
        return not _is_built(part)
    if part[0].first and is_descriptor(word) and word not in names.first_names():
        return True
    return part[0].first and word in names.sections()["common"] and not _is_built(part)


def _is_built(part: tuple[Token, ...]) -> bool:
    """Tell a name that is built of common words, such as `National Park Service`."""
    kinds = names.sections()
    first, last = part[0].text, part[-1].text
    return (
        last in kinds["organisation-last"]
        or last in kinds["place-last"]
        or first in kinds["place-first"]
        or (first in kinds["organisation-first"] and any(token.text == "of" for token in part))
    )


def _without_tail(word: str) -> str:
    """Return `London` of `London-based`."""
    head, _, tail = word.rpartition("-")
    return head if head and tail in _TAILS else word


def _headlines(found: Sequence[Token]) -> set[int]:
    """Return the places of words in sentences in which every word of matter has a capital."""
    made: set[int] = set()
    start = 0
    for n in range(1, len(found) + 1):
        if n == len(found) or found[n].first:
            if _is_headline([token.text for token in found[start:n] if token.text.isalpha()]):
                made.update(token.start for token in found[start:n])
            start = n
    return made


def _is_headline(texts: Sequence[str]) -> bool:
    small = [word for word in texts if len(word) > 2 and word[0].islower()]
    large = [word for word in texts if len(word) > 4 and word[0].isupper()]
    return len(large) > 3 and words.english_stopwords().issuperset(small)


def _in_small(token: Token) -> Token:
    """Return a word that is all in capitals as a name is written elsewhere."""
    shouted = token.text.isupper() and len(token.text) > 4
    return replace(token, text=token.text.capitalize()) if shouted else token
