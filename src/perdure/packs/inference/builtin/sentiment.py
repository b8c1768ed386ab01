"""`builtin/sentiment`: whether a text speaks well or badly of what it is about.

A linear model over what `valence` finds by lexicon and rules, and over words and pairs of words
whose weights were learned from human ratings of reviews, news and short messages
(benchmarks/learn_sentiment.py says from which, and makes `words/sentiment_weights.txt` again).
"""

# ruff: noqa: RUF001, SIM905
# Typographic marks are looked for; word lists read as text.

from functools import cache
from importlib.resources import files
from math import exp, sqrt
from typing import Any

from perdure.packs.inference.builtin import clauses, valence

_MARKS = frozenset(",;:.()\n—–")
_GRAMMAR = frozenset(
    "a an the of in on at to for from by with into onto as and or is are was were be been being "
    "am has have "
    "had do does did it its he she they them his her their we our us you your i my me this that "
    "these those "
    "who which what where when there here s d ll re ve m n't".split()
)
"""Words that say nothing alone; beside another one they may."""

_STEADY = 10.0
_TRUST = 0.7
"""What learned words count beside the lexicon, in texts of other kinds than those learned from."""

_DOUBT = 0.05
"""How far from zero a text with words of opinion must be, to be more than neutral."""
_SILENCE = 0.5
"""The same for a text without any: words that only often go with opinions prove less."""


def sentiment(text: str) -> dict[str, Any]:
    """Return POSITIVE, NEGATIVE or NEUTRAL with their probabilities, as a classification."""
    found = features(text)
    weights = _weights()
    score = sum(
        weights.get(name, 0.0) * value * (1.0 if name.startswith("#") else _TRUST)
        for name, value in found.items()
    )
    opinion = min(1.0, found["#good"] + found["#bad"])
    doubt = _SILENCE + (_DOUBT - _SILENCE) * opinion
    scores = _shares({"POSITIVE": score, "NEGATIVE": -score, "NEUTRAL": doubt})
    label = max(scores, key=lambda name: scores[name])
    return {"label": label, "score": scores[label], "scores": scores}


def features(text: str) -> dict[str, float]:
    """Return what the model looks at: words and pairs, weighed by their clause, and the balance."""
    tokens = clauses.read(text)
    found: dict[str, float] = {}
    before = ""
    for token in tokens:
        if token.text in _MARKS:
            before = ""
            continue
        name = f"not_{token.text}" if token.negated else token.text
        for feature in _named(before, name):
            found[feature] = max(found.get(feature, 0.0), token.weight)
        before = name
    good, bad = valence.balance(tokens)
    found["#good"] = 3 * good / sqrt(good * good + _STEADY)
    found["#bad"] = 3 * bad / sqrt(bad * bad + _STEADY)
    found["#all"] = 6 * (good - bad) / sqrt((good - bad) ** 2 + _STEADY)
    return found


def _named(before: str, name: str) -> list[str]:
    silent = name.removeprefix("not_") in _GRAMMAR
    named = [] if silent else [name]
    if before and not (silent and before.removeprefix("not_") in _GRAMMAR):
        named.append(f"{before} {name}")
    return named


@cache
def _weights() -> dict[str, float]:
    text = files("perdure.packs").joinpath("words", "sentiment_weights.txt").read_text("utf-8")
    lines = (line.rpartition("\t") for line in text.splitlines() if not line.startswith("##"))
    return {name: int(value) / 100 for name, _, value in lines if name}


def _shares(scores: dict[str, float]) -> dict[str, float]:
    """Return probabilities; between good and bad they are those that the model has learned."""
    powers = {name: exp(max(-30.0, min(30.0, score)) / 2) for name, score in scores.items()}
    total = sum(powers.values())
    return {name: round(power / total, 4) for name, power in powers.items()}
