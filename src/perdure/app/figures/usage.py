"""What was used of machines and paid for, by workflow, version, model, step, status or day. S004-56."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from perdure.app.figures.gathering import RunFigures, Try
from perdure.app.figures.statistics import NOTHING, Figure, total
from perdure.errors import InvalidValueError
from perdure.wire.spans import HOUR


@dataclass(slots=True)
class Usage:
    """A group's share: the runs that have a part in it, and the attempts of their steps."""

    ids: set[str] = field(default_factory=set)
    attempts: int = 0
    cpus: list[float] = field(default_factory=list)
    costs: list[float | None] = field(default_factory=list)

    @property
    def runs(self) -> int:
        """How many runs have a part in it."""
        return len(self.ids)

    @property
    def cpu_hours(self) -> Figure:
        """The processor's time of the attempts for which it was measured; `samples` of them were."""
        if not self.cpus:
            return NOTHING
        return Figure(math.fsum(self.cpus) / HOUR, "history", len(self.cpus))

    @property
    def cost(self) -> Figure:
        """What models' answers cost together; nothing if one's cost is not known."""
        cost = total(self.costs)
        return Figure(cost, "history", len(self.costs)) if cost is not None else NOTHING


Key = Callable[[RunFigures, Try], str | None]


def _model(_run: RunFigures, each: Try) -> str | None:
    return each.call.model if each.call is not None else None


def _day(run: RunFigures, _each: Try) -> str:
    return datetime.fromtimestamp(run.begun, UTC).date().isoformat()


GROUPS: Mapping[str, Key] = {
    "workflow": lambda run, _each: run.workflow,
    "version": lambda run, _each: f"{run.workflow} {run.version}",
    "step": lambda run, each: f"{run.workflow} {each.step}",
    "model": _model,
    "status": lambda run, _each: run.status,
    "day": _day,
}
"""By what usage can be grouped. Days are those on which runs began, in UTC."""


def use(
    runs: Iterable[RunFigures], by: str, more: Mapping[str, Key] | None = None
) -> dict[str, Usage]:
    """Return the shares of runs' attempts, by group in order. Raises InvalidValueError.

    `more` are groups that a caller knows beside those that there are.
    """
    groups = {**GROUPS, **(more or {})}
    if by not in groups:
        known = ", ".join(groups)
        raise InvalidValueError(f"{by!r} is nothing to group by. There are: {known}", "group_by")
    key = groups[by]
    found: dict[str, Usage] = {}
    for run in runs:
        for each in run.tries:
            name = key(run, each)
            if name is None or each.is_sum or each.status == "skipped":
                continue
            _add(found.setdefault(name, Usage()), run, each)
    return dict(sorted(found.items()))


def _add(usage: Usage, run: RunFigures, each: Try) -> None:
    usage.ids.add(run.id)
    usage.attempts += 1
    if each.cpu is not None:
        usage.cpus.append(each.cpu)
    if each.call is not None:
        usage.costs.append(each.call.cost)
