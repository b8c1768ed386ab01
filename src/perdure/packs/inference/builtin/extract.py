"""`builtin/extract`: the passages of a text that an instruction asks for, verbatim.

An instruction that names a kind of section ("Extract methodology from:") is answered from the
sections of that kind, if the text has headings; else, and otherwise, sentences are ranked by the
words of the instruction and by what such a section usually says.
"""

# ruff: noqa: SIM905
# Typographic marks are looked for; word lists read as text.

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Annotated

from annotated_types import Ge, Interval

from perdure.packs import scoring
from perdure.packs.inference.builtin import ranking, words
from perdure.packs.inference.builtin.sentences import Sentence, sentences
from perdure.packs.inference.builtin.summary import LEANS, cut


@dataclass(frozen=True, slots=True)
class SectionKind:
    """A kind of section: how instructions name it, how headings do, and words it is made of.

    The later patterns for headings are looked for where no heading fits the earlier ones.
    """

    asked: re.Pattern[str]
    headings: tuple[re.Pattern[str], ...]
    cues: str = field(default="", kw_only=True)


def _kind(asked: str, *headings: str, cues: str = "") -> SectionKind:
    patterns = tuple(re.compile(rf"\b(?:{heading})", re.IGNORECASE) for heading in headings)
    return SectionKind(re.compile(rf"\b(?:{asked})", re.IGNORECASE), patterns, cues=cues)


KINDS = (
    _kind("method|approach|procedure|experimental (?:setup|design)",
          "method|materials", "approach|procedure|experimental|design|implementation",
          cues="we used using measured collected sampled recruited trained built implemented "
          "assigned participants procedure experiment design analysed computed evaluated "
          "dataset protocol"),
    _kind("result|finding|outcome", "result|finding", "evaluation|experiments",
          cues="found showed results reached achieved increased decreased significant improved "
          "percent outperformed observed reduced higher lower"),
    _kind("limitation|weakness|threat", "limitation|threats",
          cues="however limited limitation only cannot although restricted caution"),
    _kind("conclusion|conclude|takeaway", "conclusion|concluding", "summary",
          cues="conclude overall show suggest"),
    _kind("abstract|overview", "abstract", "summary"),
    _kind("background|introduction|motivation|problem statement",
          "background|motivation", "introduction",
          cues="problem important challenge recent known"),
    _kind("related work|prior work|literature", "related|literature", "previous|prior",
          cues="previous proposed prior"),
    _kind("discussion|implication|interpretation", "discussion|implication",
          cues="suggests implies because explain"),
    _kind("future (?:work|research|direction)", "future", "conclusion|outlook",
          cues="future plan further next extend"),
    _kind("reference|bibliograph|citation", "reference|bibliograph"),
    _kind("acknowledge|funding", "acknowledge|funding", cues="thank grant funded supported"),
    _kind("data\\b|dataset|participants|sample", "data|participants|sample", "materials|method",
          cues="dataset participants sample"),
)  # fmt: skip

_COMMANDS = frozenset(
    words.stem(word)
    for word in (
        "extract find list give identify show return get passages sentences text paper document "
        "article following please section sections part parts information key main all any "
        "relevant "
        "describe describing mention mentioned analyze analyse research trends"
    ).split()
)


def extract(
    text: str,
    instruction: str = "",
    *,
    query: str = "",
    max_sentences: Annotated[int, Interval(ge=1, le=500)] = 8,
    max_tokens: Annotated[int, Ge(1)] | None = None,
) -> str:
    """Return sentences of the text that answer the instruction (or `query`), in its order.

    What neither names a section nor shares a word with the text gets the most central sentences.
    """
    found = sentences(text)
    asked = query or instruction
    kind = next((kind for kind in KINDS if kind.asked.search(asked)), None)
    inside = _inside(found, kind)
    candidates = inside or found
    if not candidates:
        return ""
    stops = words.stopwords_of(text)
    documents = [words.terms(sentence.text, stops) for sentence in candidates]
    vectors = words.weighted(documents)
    central = ranking.centrality(vectors)
    scores = central
    if not inside:
        answers = scoring.relevance(documents, _query(asked, kind, stops))
        scores = [
            answer + 0.2 * near if answer else 0.0
            for answer, near in zip(answers, central, strict=True)
        ]
        scores = scores if any(scores) else central
    costs = [ranking.token_count(sentence.text) for sentence in candidates]
    kept = ranking.chosen(
        _usable(candidates, scores), vectors, costs, count=max_sentences, budget=max_tokens
    )
    if kept:
        return ranking.told([candidates[n] for n in kept])
    best = max(range(len(candidates)), key=lambda n: scores[n])
    return cut(candidates[best].text, max_tokens)


def _inside(found: Sequence[Sentence], kind: SectionKind | None) -> list[Sentence]:
    """Return what stands in sections of the kind."""
    for pattern in kind.headings if kind else ():
        inside = [s for s in found if any(pattern.search(heading) for heading in s.headings)]
        if inside:
            return inside
    return []


def _query(asked: str, kind: SectionKind | None, stops: Collection[str]) -> set[str]:
    own = {term for term in words.terms(asked, stops) if term not in _COMMANDS}
    return own | {words.stem(word) for word in (kind.cues.split() if kind else ())}


def _usable(candidates: Sequence[Sentence], scores: Sequence[float]) -> list[float]:
    """Return the scores, less for what leans on the sentence before, next to nothing for scraps."""
    made = []
    for sentence, score in zip(candidates, scores, strict=True):
        leaning = 0.8 if LEANS.match(sentence.text) else 1.0
        made.append(score * leaning * (1.0 if sentence.is_whole else 0.02))
    return made
