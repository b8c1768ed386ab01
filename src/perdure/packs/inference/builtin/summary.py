"""`builtin/summary`: the sentences that say most of a text, verbatim and in its order.

Extractive: a sentence is worth what it shares with the whole text, more where papers and reports
say what matters (abstract, conclusion, first sentences), nothing in lists of references.
"""

import re
from math import ceil
from typing import Annotated

from annotated_types import Ge, Interval

from perdure.packs.inference.builtin import ranking, words
from perdure.packs.inference.builtin.sentences import Sentence, sentences

_WORTH = (
    (re.compile(r"abstract|summary|zusammenfassung|résumé|resumen", re.IGNORECASE), 1.6),
    (re.compile(r"conclusion|fazit|schluss", re.IGNORECASE), 1.3),
    (re.compile(r"referenc|bibliograph|acknowledg|appendix|keywords", re.IGNORECASE), 0.0),
)
LEANS = re.compile(
    r"(?:this|that|these|those|it|they|he|she|however|therefore|thus|hence|moreover|furthermore|"
    r"but|and|so|also|finally|then|in addition|for example|for instance)\b",
    re.IGNORECASE,
)


def summary(
    text: str,
    *,
    max_sentences: Annotated[int, Interval(ge=1, le=100)] | None = None,
    max_tokens: Annotated[int, Ge(1)] | None = None,
) -> str:
    """Return a summary made of sentences of the text; a single sentence is its own."""
    found = sentences(text)
    if not found:
        return ""
    stops = words.stopwords_of(text)
    documents = [words.terms(sentence.text, stops) for sentence in found]
    vectors = words.weighted(documents)
    scores = [
        near * _worth(sentence, n, len(found))
        for n, (sentence, near) in enumerate(zip(found, ranking.centrality(vectors), strict=True))
    ]
    costs = [ranking.token_count(sentence.text) for sentence in found]
    count = max_sentences or fitting(len(found))
    kept = ranking.chosen(scores, vectors, costs, count=count, budget=max_tokens)
    if kept:
        return ranking.told([found[n] for n in kept])
    best = max(range(len(found)), key=lambda n: scores[n])
    return cut(found[best].text, max_tokens)


def fitting(count: int) -> int:
    """Return how many sentences summarise so many."""
    if count <= 12:
        return min(3, ceil(count / 3))
    return 5 if count <= 60 else 7


def cut(text: str, max_tokens: int | None) -> str:
    """Return the text, or as many whole words of it as fit, with a mark that it was cut."""
    if max_tokens is None or ranking.token_count(text) <= max_tokens:
        return text
    room = max(1, 4 * max_tokens - 3)
    return text.encode()[:room].decode("utf-8", "ignore").rsplit(" ", 1)[0] + "…"


def _worth(sentence: Sentence, n: int, count: int) -> float:
    length = len(words.tokens(sentence.text))
    worth = 1.0 if 8 <= length <= 45 else 0.6
    if length < 4 or not sentence.is_whole:
        worth *= 0.05  # taken only where there is nothing else
    if n == 0:
        worth *= 1.3
    elif n < 0.1 * count or n == count - 1:
        worth *= 1.1
    if LEANS.match(sentence.text):
        worth *= 0.8
    for heading in sentence.headings:
        for pattern, factor in _WORTH:
            if pattern.search(heading):
                worth *= factor
    return worth
