"""The idempotency keys of visits that come again under those that they had.

A visit's key is made of its number, which no other visit has. A run that goes back and keeps its
keys gives the visits that come again the numbers of those that were there before. What is new in it
has its own again.
"""

from perdure.kernel.paths import plan_name

Spans = list[list[int]]
"""Lists of `[visit, count, number]`: so many visits, from that one on, with numbers from that one on."""

Keys = dict[str, Spans]
"""By the path of a step, or of an item that has another number than its loop."""


def number_of(keys: Keys, path: str, visit: int) -> int:
    """Return the number that a visit's key is made of."""
    for first, count, number in _spans(keys, path):
        if first <= visit < first + count:
            return number + visit - first
    return visit


def shift(keys: Keys, path: str, visit: int) -> None:
    """Have the next visit take the number of this one, which came to nothing: it is the same again."""
    if number_of(keys, path, visit) == visit:
        return
    keys[path] = [
        [max(first, visit) + 1, first + count - max(first, visit), number + max(0, visit - first)]
        for first, count, number in _spans(keys, path)
        if visit < first + count
    ]


def spans_from(visit: int, numbers: list[int]) -> Spans:
    """Return the spans by which the visits from this one on have these numbers."""
    made: Spans = []
    for number in numbers:
        if made and sum(made[-1][1:]) == number:
            made[-1][1] += 1
        else:
            made.append([visit, 1, number])
        visit += 1
    return made


def moved(spans: Spans, by: int) -> Spans:
    """Return the spans for visits that come so many later."""
    return [[first + by, count, number] for first, count, number in spans]


def _spans(keys: Keys, path: str) -> Spans:
    return keys.get(path) or keys.get(plan_name(path), [])
