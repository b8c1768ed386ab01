"""How well texts answer a query, beside each other."""

from collections.abc import Iterable, Sequence


def relevance(documents: Sequence[Sequence[str]], query: Iterable[str]) -> list[float]:
    """Return how well each document answers the query, 0 to 1 of the best one (BM25)."""
    asked = set(query)
    held = {term: sum(term in document for document in documents) for term in asked}
    length = sum(map(len, documents)) / max(1, len(documents)) or 1.0
    scores = []
    for document in documents:
        score = 0.0
        for term in asked.intersection(document):
            n = document.count(term)
            rarity = 1 + (len(documents) - held[term] + 0.5) / (held[term] + 0.5)
            score += rarity**0.5 * n * 2.2 / (n + 1.2 * (0.25 + 0.75 * len(document) / length))
        scores.append(score)
    best = max(scores, default=0.0)
    return [score / best if best else 0.0 for score in scores]
