"""`relevance_filter`: the texts and records that answer a query, the best first.

The relevance of an item is the share of the query's terms that it has, each by its weight. So it
says the same about an item in any list: 1 is all of them. Items of one relevance are put in order
by how well they answer beside each other (BM25).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

from annotated_types import Ge, Interval

from perdure.authoring.functions import function
from perdure.errors import InvalidInputError
from perdure.packs import scoring
from perdure.packs.terms import english_stopwords, stem, stopwords_of, terms, tokens

TEXTS = ("title", "abstract", "text", "summary", "content", "description", "keywords")
"""The fields of a record in which terms are looked for."""

NEAR = 0.7
"""What a word is worth that only begins like a term: `robotics` for `robot`."""

GENERAL = 0.3
"""The weight of a word that stands in any paper."""

_GENERAL = frozenset(
    stem(word)
    for word in [
        "study",
        "studies",
        "analysis",
        "analyses",
        "approach",
        "method",
        "methods",
        "research",
        "review",
        "paper",
        "survey",
        "using",
        "based",
        "effect",
        "effects",
        "impact",
        "role",
        "novel",
        "new",
        "recent",
        "towards",
        "application",
        "applications",
    ]
)
_PHRASE = re.compile(r'"([^"]+)"')


@dataclass(frozen=True, slots=True)
class Term:
    """A word of a query, or several that are to stand side by side."""

    stems: tuple[str, ...]
    weight: float = field(default=1.0, kw_only=True)


@function("relevance_filter", returns="list")
def relevance_filter(
    items: Any,
    *,
    query: str = "",
    min_relevance: Annotated[float, Interval(ge=0, le=1)] = 0.5,
    limit: Annotated[int, Ge(1)] | None = None,
) -> list[dict[str, Any]]:
    """Return the items that answer the query, each with its `relevance` of 0 to 1, best first.

    `items` are records (`title`, `abstract`, `text` ...) or texts, or what `academic_search` gave,
    whose query is taken where none is named. Relevance is the share of the query's terms, by their
    weight, that an item has: words in any form, and "quoted phrases". It does not depend on the
    other items.
    """
    found, asked = _taken(items, query)
    wanted = _terms(asked)
    if not wanted:
        raise InvalidInputError(
            "holds no word to look for. Name the matter in question", path="parameters.query"
        )
    texts = [_tokens(item) for item in found]
    flat = [stem for term in wanted for stem in term.stems]
    beside = scoring.relevance(texts, flat)
    made = [
        {
            **(item if isinstance(item, Mapping) else {"text": item}),
            "relevance": round(_relevance(text, wanted), 4),
        }
        for item, text in zip(found, texts, strict=True)
    ]
    order = sorted(range(len(made)), key=lambda n: (-made[n]["relevance"], -beside[n], n))
    kept = [made[n] for n in order if made[n]["relevance"] >= min_relevance]
    return kept[:limit]


def _taken(items: Any, query: str) -> tuple[list[Any], str]:
    """Return the items and the query, also from the result of a search."""
    if isinstance(items, Mapping) and isinstance(items.get("papers"), list):
        query = query or str(items.get("query", ""))
        items = items["papers"]
    if not isinstance(items, list):
        raise InvalidInputError(
            f"must be a list of records or texts, or a search's result, not {type(items).__name__}",
            path="input",
        )
    for number, item in enumerate(items):
        if not isinstance(item, Mapping | str):
            raise InvalidInputError("is neither a record nor a text", path=f"input[{number}]")
    if not query.strip():
        raise InvalidInputError(
            "is needed: only what academic_search gives has one", path="parameters.query"
        )
    return items, query


def _terms(query: str) -> tuple[Term, ...]:
    query = query.replace("-", " ")
    stops = _stops(query)
    made = [_term(tuple(terms(phrase, stops))) for phrase in _PHRASE.findall(query)]
    rest = _PHRASE.sub(" ", query)
    made += [_term((word,)) for word in terms(rest, stops)]
    return tuple(dict.fromkeys(term for term in made if term.stems))


def _stops(query: str) -> frozenset[str]:
    """Return the stop words of a query's language: English, if not two of another's stand in it."""
    others = stopwords_of(query)
    several = sum(word in others for word in tokens(query)) > 1
    return others if several else english_stopwords()


def _term(stems: tuple[str, ...]) -> Term:
    if len(stems) > 1:
        return Term(stems, weight=float(len(stems)))
    return Term(stems, weight=GENERAL if stems and stems[0] in _GENERAL else 1.0)


def _tokens(item: Mapping[str, Any] | str) -> list[str]:
    if isinstance(item, str):
        text = item
    else:
        parts = (item.get(name) for name in TEXTS)
        text = "\n".join(
            ", ".join(map(str, part)) if isinstance(part, list) else str(part)
            for part in parts
            if part
        )
    return [stem(word) for word in tokens(text.replace("-", " "))]


def _relevance(text: Sequence[str], wanted: Sequence[Term]) -> float:
    words = frozenset(text)
    worth = sum(term.weight * _has(text, words, term.stems) for term in wanted)
    return worth / sum(term.weight for term in wanted)


def _has(text: Sequence[str], words: frozenset[str], stems: tuple[str, ...]) -> float:
    """Return 1 for a text that has a term, `NEAR` for one with a word that begins like it."""
    if not words.issuperset(stems):
        return NEAR if len(stems) == 1 and _is_near(stems[0], words) else 0.0
    if len(stems) == 1:
        return 1.0
    several = len(stems)
    places = (n for n, word in enumerate(text) if word == stems[0])
    return float(any(tuple(text[n : n + several]) == stems for n in places))


def _is_near(wanted: str, words: frozenset[str]) -> bool:
    return any(
        abs(len(word) - len(wanted)) <= 4 and (word.startswith(wanted) or wanted.startswith(word))
        for word in words
        if min(len(word), len(wanted)) >= 5
    )
