"""Measure the built-in models of text on sets that they were not tuned on.

The sets are in tests/packs/inference/evaluation, written by us: `dev` is what was looked at while
the models were made, `heldout` what was written afterwards and only measured.

    python benchmarks/text_models.py
    python benchmarks/text_models.py --ratings vaderSentiment-3.3.2.tar.gz   # and human ratings
"""

import argparse
import re
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from perdure.packs.inference.builtin.entities import entities
from perdure.packs.inference.builtin.language import language
from perdure.packs.inference.builtin.sentiment import sentiment

SETS = Path(__file__).parents[1] / "tests/packs/inference/evaluation"
COUNTED = ("PER", "ORG", "LOC", "DATE", "MONEY")
_MARK = re.compile(rf"\[({'|'.join(COUNTED)}):([^\]]*)\]")

Spans = set[tuple[int, int, str]]


def main() -> None:
    """Print a table of figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--ratings", type=Path, help="vaderSentiment's source distribution")
    given = parser.parse_args()
    print("| model | set | texts | figure | ms a text |\n|---|---|---|---|---|")
    for part in ("dev", "heldout"):
        _row("sentiment", part, accuracy(sentiment, rows("sentiment", part)), "accuracy")
        _row("language", part, accuracy(language, rows("language", part)), "accuracy")
        _row("entities", part, f1(marked(part)), "F1")
    if given.ratings:
        _print_ratings(given.ratings)


def rows(model: str, part: str) -> list[tuple[str, str]]:
    """Return label and text of each row of a set."""
    lines = (SETS / f"{model}_{part}.tsv").read_text(encoding="utf-8").splitlines()
    return [(label.upper(), text) for label, _, text in (line.partition("\t") for line in lines)]


def accuracy(model: Callable[[str], dict[str, object]], texts: list[tuple[str, str]]) -> float:
    """Return the share of texts that are given their label."""
    return sum(model(text)["label"] == label for label, text in texts) / len(texts)


def marked(part: str) -> list[tuple[str, Spans]]:
    """Return texts with the places and labels of what is marked in them as `[LABEL:text]`."""
    lines = (SETS / f"entities_{part}.tsv").read_text(encoding="utf-8").splitlines()
    return [_unmarked(line) for line in lines]


def _unmarked(line: str) -> tuple[str, Spans]:
    text, spans, place = "", set(), 0
    for found in _MARK.finditer(line):
        text += line[place : found.start()]
        spans.add((len(text), len(text) + len(found[2]), found[1]))
        text += found[2]
        place = found.end()
    return text + line[place:], spans


def f1(texts: list[tuple[str, Spans]]) -> float:
    """Return F1 over all entities; place and label must both be right."""
    counts: Counter[str] = Counter()
    for text, wanted in texts:
        found = {
            (e["start"], e["end"], e["label"]) for e in entities(text) if e["label"] in COUNTED
        }
        counts["right"] += len(found & wanted)
        counts["all"] += len(found) + len(wanted)
    return 2 * counts["right"] / counts["all"]


def _row(model: str, part: str, figure: float, kind: str) -> None:
    texts = [text for text, _ in marked(part)] if model == "entities" else [
        text for _, text in rows(model, part)
    ]  # fmt: skip
    call: Callable[[str], object] = {"sentiment": sentiment, "language": language}.get(
        model, entities
    )
    begun = time.perf_counter()
    for text in texts:
        call(text)
    spent = 1000 * (time.perf_counter() - begun) / len(texts)
    print(f"| {model} | {part} | {len(texts)} | {kind} {figure:.3f} | {spent:.2f} |")


def _print_ratings(archive: Path) -> None:
    from learn_sentiment import held_out, measured, ratings

    for kind, texts in ratings(archive).items():
        right, count = measured(held_out(texts))
        print(f"| sentiment | {kind}, rated by people | {count} | accuracy {right / count:.3f} | |")


if __name__ == "__main__":
    main()
