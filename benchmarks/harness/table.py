"""Turns the samples of all rounds into the table of `RESULTS.md`."""

import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.figures import Case, Figure
from benchmarks.harness.sample import Answer

Rounds = Sequence[Mapping[str, Answer]]  # one mapping a round: sample or peer -> what it found


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure over the rounds."""

    median: float
    low: float
    high: float


def measured(figure: Figure, rounds: Rounds, peer: str = "") -> Measured | None:
    """Return a figure of perdure, or of a peer; None where nobody measured it."""
    values = [value for found in rounds if (value := _value(figure, found, peer)) is not None]
    if not values:
        return None
    return Measured(statistics.median(values), min(values), max(values))


def _value(figure: Figure, found: Mapping[str, Answer], peer: str) -> float | None:
    name = f"{peer}.{figure.metric}" if peer else figure.value
    value = _metric(name, found)
    if value is None or not figure.per:
        return value
    if peer and not figure.per.startswith("raw."):
        return None
    base = _metric(figure.per, found)
    return value / base if base else None


def _metric(name: str, found: Mapping[str, Answer]) -> float | None:
    sample, metric = name.rsplit(".", 1)
    return found[sample].metrics.get(metric) if sample in found else None


def table(cases: Sequence[tuple[Case, Rounds]], peers: Sequence[str]) -> str:
    """Return the table of all cases in Markdown."""
    head = ["figure", "mark", "", "perdure", "lowest - highest", *peers]
    lines = [_line(head), _line(["---"] * len(head))]
    for case, rounds in cases:
        raw = measured(Figure("", "raw.commits_per_second"), rounds)
        beside = f" (raw beside it: {number(raw.median)}/s)" if raw else ""
        lines.append(_line([f"**{case.title}**{beside}", *[""] * (len(head) - 1)]))
        lines.extend(_line(cells) for cells in _cells(case, rounds, peers))
    return "\n".join(lines) + "\n"


def _cells(case: Case, rounds: Rounds, peers: Sequence[str]) -> Iterator[list[str]]:
    for figure in case.figures:
        own = measured(figure, rounds)
        first = case.samples[0].name == figure.value.split(".")[0]
        others = [measured(figure, rounds, peer) if first else None for peer in peers]
        if own is None and not any(others):
            yield [figure.label, mark(figure), "", "not measured", "", *[""] * len(peers)]
            continue
        yield [
            f"{figure.label}, {figure.unit}" if figure.unit else figure.label,
            mark(figure),
            verdict(figure, own),
            number(own.median) if own else "",
            f"{number(own.low)} - {number(own.high)}" if own else "",
            *(number(other.median) if other else "" for other in others),
        ]


def verdict(figure: Figure, found: Measured | None) -> str:
    """Say whether the median reaches the mark."""
    met = figure.met(found.median) if found else None
    return "" if met is None else ("met" if met else "**missed**")


def mark(figure: Figure) -> str:
    """Say what a figure has to reach."""
    if figure.at_least is not None:
        return f"at least {number(figure.at_least)}"
    return f"at most {number(figure.at_most)}" if figure.at_most is not None else ""


def number(value: float) -> str:
    """Write a number with about three digits that mean something."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
