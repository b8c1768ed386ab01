"""A run by its times: a row for each step, a bar for each of its attempts and rests."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from perdure.app.shown import RunShown, StepShown
from perdure.pictures.rests import Rest
from perdure.pictures.runs import facts_of
from perdure.pictures.states import RESTING, STATES, words
from perdure.wire.spans import duration

MOST_ROWS = 200
"""So many steps, or items of loops, are drawn: those that began first."""
_NO_WORK = ("queued", "retrying", "stranded", "skipped")
_UNBEGUN = ("pending", "rewound")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A span of time in a state; `tip` is told to who points at it. A `thin` one is no work."""

    begin: float
    end: float
    state: str
    tip: str
    thin: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A step's bars, in the order in which they began, and what its work took."""

    name: str
    bars: tuple[Bar, ...]
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """What there is to draw of a run's times, which are seconds since 1970."""

    title: str
    facts: tuple[str, ...]
    begin: float
    end: float
    rows: tuple[Row, ...]

    def counts(self) -> dict[str, int]:
        """Return how many bars are in each state."""
        found: dict[str, int] = {}
        for row in self.rows:
            for bar in row.bars:
                found[bar.state] = found.get(bar.state, 0) + 1
        return found


def draw_timeline(shown: RunShown, rests: Sequence[Rest], now: float) -> Timeline:
    """Return a run by its times. What goes on ends `now`."""
    made: dict[str, list[Bar]] = {}
    for step in shown.steps:
        made.setdefault(step.step, []).extend(_visit(step, now))
    for rest in rests:
        made.setdefault(rest.step, []).append(_rest(rest, now))
    rows = [
        Row(
            name=name,
            bars=tuple(sorted(bars, key=lambda bar: (bar.begin, bar.end))),
            seconds=_work(bars),
        )
        for name, bars in made.items()
        if bars
    ]
    rows.sort(key=lambda row: (row.bars[0].begin, row.bars[0].end, row.name))
    ends = [bar.end for row in rows for bar in row.bars]
    begins = [row.bars[0].begin for row in rows]
    created, ended = shown.view.created_at, shown.view.ended_at
    facts = facts_of(shown.view)
    if len(rows) > MOST_ROWS:
        facts = (*facts, f"the first {MOST_ROWS} of {len(rows)} rows")
    return Timeline(
        title=shown.plan.workflow,
        facts=facts,
        begin=min([created.timestamp() if created is not None else now, *begins]),
        end=max([ended.timestamp() if ended is not None else now, *ends]),
        rows=tuple(rows[:MOST_ROWS]),
    )


def _work(bars: Sequence[Bar]) -> float:
    return sum(bar.end - bar.begin for bar in bars if not bar.thin)


def _visit(step: StepShown, now: float) -> Iterator[Bar]:
    """Yield the bars of a visit: attempts that failed, what was between them, the last one."""
    name = step.step if step.visit < 2 else f"{step.step} #{step.visit}"
    before: float | None = None
    for failed in step.failures:
        begin = failed.started_at if failed.started_at is not None else failed.ended_at
        yield from _pause(name, before, begin)
        kind = failed.error.get("kind")
        tip = f"{name}, attempt {failed.attempt}: {kind}, {duration(failed.ended_at - begin)}"
        yield Bar(begin=begin, end=failed.ended_at, state="failed", tip=tip)
        before = failed.ended_at
    if step.status in _UNBEGUN or not step.visit:
        return
    yield from _last(step, name, before, now)


def _last(step: StepShown, name: str, before: float | None, now: float) -> Iterator[Bar]:
    """Yield the bar of a visit's last attempt, and what is between it and the one before."""
    end = step.ended_at if step.ended_at is not None else now
    due = step.due if step.due is not None else end
    begin = step.started_at if step.started_at is not None else due
    yield from _pause(name, before, min(begin, now))
    if begin <= end:
        rests = step.status in ("sleeping", "waiting")
        state = "completed" if rests else step.status
        tip = f"{name}, attempt {step.attempt}: {words(state)}, {duration(end - begin)}"
        thin = step.kind in RESTING or step.status in _NO_WORK
        known = state if state in STATES else "pending"
        yield Bar(begin=begin, end=end, state=known, tip=tip, thin=thin)


def _pause(name: str, before: float | None, begin: float) -> Iterator[Bar]:
    if before is not None and begin > before:
        tip = f"{name}: before the next attempt, {duration(begin - before)}"
        yield Bar(begin=before, end=begin, state="retrying", tip=tip, thin=True)


def _rest(rest: Rest, now: float) -> Bar:
    end = rest.end if rest.end is not None else now
    what = f"waits for {rest.awaits}" if rest.awaits else words(rest.state)
    tip = f"{rest.step}: {what}, {duration(end - rest.begin)}"
    return Bar(begin=rest.begin, end=end, state=rest.state, tip=tip, thin=True)
