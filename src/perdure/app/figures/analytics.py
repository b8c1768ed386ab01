"""How a workflow has done: how often it succeeded, how long it took, what it cost. S004-55."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from perdure.app.figures.frames import Frame
from perdure.app.figures.gathering import RunFigures, Try
from perdure.app.figures.statistics import NOTHING, Figure, mean, percentile, share


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFigures:
    """A step over all runs: its attempts by the wall clock, and what its models' answers cost.

    `attempts` is how many a visit had on the mean.
    """

    seconds: Figure
    slowest: Figure
    success: Figure
    attempts: Figure
    cost: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Analytics:
    """A workflow's runs that began in a timeframe.

    `seconds`, `median` and `slow` (which 95 percent do not exceed) are of those that completed;
    `success` is the percentage of those that completed or failed, so one that somebody cancelled is
    no failure; `cost` is of all that have ended and whose cost is known.
    """

    frame: Frame
    begun: int
    counts: Mapping[str, int]
    seconds: Figure
    median: Figure
    slow: Figure
    success: Figure
    cost: Figure
    steps: Mapping[str, StepFigures]


def analyse(runs: Iterable[RunFigures], frame: Frame) -> Analytics:
    """Return the figures of runs. They are read once, one after another."""
    counts: Counter[str] = Counter()
    took: list[float] = []
    costs: list[float] = []
    tries: dict[str, list[Try]] = defaultdict(list)
    for run in runs:
        counts[run.status if run.ended is not None else "running"] += 1
        if run.ended is not None and run.cost is not None:
            costs.append(run.cost)
        if run.status == "completed" and run.seconds is not None:
            took.append(run.seconds)
        for each in run.tries:
            tries[each.step].append(each)
    good, bad = counts["completed"], counts["failed"]
    return Analytics(
        frame=frame,
        begun=counts.total(),
        counts={name: counts[name] for name in ("completed", "failed", "cancelled", "running")},
        seconds=mean(took),
        median=percentile(took, 50),
        slow=percentile(took, 95),
        success=share(good, good + bad),
        cost=mean(costs),
        steps={name: _step(each) for name, each in sorted(tries.items())},
    )


def _step(tries: Sequence[Try]) -> StepFigures:
    done = [each for each in tries if each.status == "completed"]
    begun = [each for each in tries if each.status in ("completed", "failed")]
    took = [seconds for each in done if (seconds := each.seconds) is not None]
    calls = [each.call.cost for each in begun if each.call is not None]
    known = [cost for cost in calls if cost is not None]
    visits = {(each.path, each.visit) for each in begun}
    return StepFigures(
        seconds=mean(took),
        slowest=percentile(took, 95),
        success=share(len(done), len(begun)),
        attempts=Figure(len(begun) / len(visits), "history", len(visits)) if visits else NOTHING,
        cost=mean(known) if len(known) == len(calls) else NOTHING,
    )
