"""What a run has cost: the sum of what is known of its models' answers, or that it is not known."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from perdure.ports.commit import AttemptEnded, StepEnded
from perdure.wire.encoding import decode


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """One answer that somebody may be paid for. `cost` is None where nobody knows it."""

    step: str
    model: str
    cost: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunCost:
    """US dollars. `total` is None as soon as one answer's cost is not known; `known` is the rest.

    `unknown` are the answers whose cost nobody knows.
    """

    total: float | None
    known: float
    answers: int
    unknown: tuple[Spent, ...] = ()


NOTHING = RunCost(total=0.0, known=0.0, answers=0)


def cost_of(steps: Iterable[StepEnded], attempts: Iterable[AttemptEnded]) -> RunCost:
    """Return what ended steps and attempts have cost; an attempt that failed may have, too."""
    spent = [*_spent(steps, attempts)]
    known = sum(each.cost for each in spent if each.cost is not None)
    unknown = tuple(each for each in spent if each.cost is None)
    total = None if unknown else known
    return RunCost(total=total, known=known, answers=len(spent), unknown=unknown)


def _spent(steps: Iterable[StepEnded], attempts: Iterable[AttemptEnded]) -> Iterator[Spent]:
    for step in steps:
        yield from step_spent(step.step, _decoded(step.meta), _decoded(step.error))
    for attempt in attempts:
        yield from step_spent(attempt.step, {}, _decoded(attempt.error))


def step_spent(
    step: str, meta: Mapping[str, Any], error: Mapping[str, Any] | None
) -> Iterator[Spent]:
    """Yield what one attempt has cost, as its meta or its error says; nothing if no model answered."""
    if "cost" in meta:
        yield Spent(step=step, model=str(meta.get("model_used")), cost=meta["cost"])
    if (error or {}).get("spent"):
        said = (error or {})["spent"]
        yield Spent(step=step, model=str(said.get("model")), cost=said.get("cost"))


def dollars(amount: float) -> str:
    """Return an amount for people: cents where there are any, and never nothing for something."""
    if amount == 0 or amount >= 0.01:
        return f"${amount:.2f}"
    return f"${amount:.2g}" if amount >= 0.0001 else f"${amount:.1e}"


def _decoded(text: str | None) -> dict[str, Any]:
    """Return what a text says; nothing where it is sealed."""
    said = decode(text) if text is not None else {}
    return said if isinstance(said, dict) else {}
