"""What runs have taken and cost, gathered from the store's rows, one run after another."""

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from perdure.app.figures.frames import Frame
from perdure.app.figures.statistics import total
from perdure.ports.commit import AttemptEnded, StepEnded
from perdure.ports.rows import RunFilter, RunRow
from perdure.ports.store import Store
from perdure.wire.encoding import decode

PAGE = 500
FOREVER = 1e300
FREE = ("builtin",)
"""The providers that nobody is paid for, whose answers may tell no cost."""
_ITEM = re.compile(r"\[\d+\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A model's answer: who gave it, what was billed by count, and what it cost in US dollars.

    `cost` is None where nobody knows.
    """

    model: str
    usage: dict[str, Any]
    cost: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """An attempt, from when to when; `status` is completed, failed or skipped.

    An item of the loop `each` is of the step `each[]`; the loop itself, which `is_sum`, takes from
    its first item's beginning to its last one's end. `seconds` are by the wall clock and `cpu` by
    the processor's, None where nobody measured them.
    """

    step: str
    path: str
    visit: int
    status: str
    begun: float | None
    ended: float
    cpu: float | None
    call: Call | None
    is_sum: bool = False

    @property
    def seconds(self) -> float | None:
        """How long it took."""
        return max(self.ended - self.begun, 0.0) if self.begun is not None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFigures:
    """A run and its attempts, in the order in which they ended; `labels` are its attributes."""

    id: str
    workflow: str
    version: str
    plan: str
    status: str
    begun: float
    ended: float | None
    tries: tuple[Try, ...]
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def seconds(self) -> float | None:
        """How long the run took, if it has ended."""
        return self.ended - self.begun if self.ended is not None else None

    @property
    def cost(self) -> float | None:
        """What its models' answers cost together; None if one's cost is not known."""
        return total(each.call.cost for each in self.tries if each.call is not None)


def gather(store: Store, frame: Frame, query: RunFilter | None = None) -> Iterator[RunFigures]:
    """Yield the runs that began in a timeframe, the newest first, as far as `query` allows."""
    asked = query or RunFilter()
    since = max(asked.since, frame.since)
    asked = replace(asked, since=since, until=min(asked.until, frame.until, FOREVER), limit=PAGE)
    while rows := store.find(asked):
        labels: dict[str, dict[str, str]] = defaultdict(dict)
        for label in store.labels([row.id for row in rows]):
            labels[label.run][label.name] = label.value
        for row in rows:
            if frame.holds(row.created_at):
                yield _figures(store, row, labels[row.id])
        asked = replace(asked, before=rows[-1].id)


def _figures(store: Store, row: RunRow, labels: Mapping[str, str]) -> RunFigures:
    tries = [_failed(attempt) for attempt in store.attempts(row.id)]
    tries += [_ended(step) for step in store.steps(row.id) if step.status != "rewound"]
    tries = [each for each in tries if each.ended >= row.created_at]  # a fork's copies are older
    tries.sort(key=lambda each: each.ended)
    return RunFigures(
        id=row.id,
        workflow=row.workflow,
        version=row.version,
        plan=row.plan,
        status=row.status,
        begun=row.created_at,
        ended=row.ended_at,
        tries=tuple(tries),
        labels=labels,
    )


def _step(path: str) -> str:
    return _ITEM.sub("[]", path) if "[" in path else path


def _ended(row: StepEnded) -> Try:
    meta = decode(row.meta) if row.meta is not None else {}
    call = _answer(meta)
    if call is None and row.error is not None:
        call = _spent(row.error)
    return Try(
        step=_step(row.step),
        path=row.step,
        visit=row.visit,
        status=row.status,
        begun=row.started_at,
        ended=row.ended_at,
        cpu=row.cpu,
        call=call,
        is_sum="items" in meta and row.cpu is None,
    )


def _failed(row: AttemptEnded) -> Try:
    return Try(
        step=_step(row.step),
        path=row.step,
        visit=row.visit,
        status="failed",
        begun=row.started_at,
        ended=row.ended_at,
        cpu=row.cpu,
        call=_spent(row.error),
    )


def _answer(meta: dict[str, Any]) -> Call | None:
    """Return what an answer was, from what is kept beside a result; None where nobody was asked."""
    if not meta.get("model_used"):
        return None
    cost = 0.0 if meta.get("provider") in FREE else None
    return Call(
        model=str(meta["model_used"]),
        usage=meta.get("usage") or {},
        cost=_number(meta.get("cost", cost)),
    )


def _spent(error: str) -> Call | None:
    """Return what a failed attempt has spent, where its error tells: an answer may be of no use."""
    spent = decode(error).get("spent")
    if not isinstance(spent, dict):
        return None
    return Call(
        model=str(spent.get("model", "")),
        usage=spent.get("usage") or {},
        cost=_number(spent.get("cost")),
    )


def _number(value: Any) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and math.isfinite(value) else None
