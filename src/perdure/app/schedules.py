"""Schedules as people make, see and change them: `engine.schedules`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any

from perdure.app.births import Started
from perdure.app.starting import OnConflict
from perdure.app.views import Run
from perdure.authoring.plans import dump
from perdure.authoring.recurrence import times
from perdure.authoring.registry import Registry, Workflow
from perdure.authoring.schedules import Schedule, load, schedule_of
from perdure.errors import (
    InvalidValueError,
    ScheduleNotFoundError,
    ScheduleTakenError,
    UniqueKeyTakenError,
    UnknownWorkflowError,
)
from perdure.ports.commit import Commit
from perdure.ports.rows import ScheduleRow
from perdure.ports.store import Store
from perdure.runtime.declared import changed, made
from perdure.runtime.envelopes import Birth
from perdure.runtime.occurrences import Occurrences, inputs_of
from perdure.runtime.process import Process

MOST_BACKFILLED = 10_000
MOMENT = 1e-6
"""What a datetime may leave out of a time that is a number of seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleView:
    """A schedule as it stands.

    `next_at` is the time that comes next, None while `paused`; one that has passed waits for a run
    to end, or for a process that can begin it. `last_at` and `last_run` are the newest time that
    has a run, `skipped` counts the times that have none because another run still lived, `error`
    says why the newest could not begin. `declared` is one that stands at its workflow's class.
    """

    name: str
    workflow: str
    schedule: Schedule
    declared: bool
    paused: bool
    next_at: datetime | None
    last_at: datetime | None
    last_run: str | None
    skipped: int
    error: str | None


class Schedules:
    """The schedules of a store. What a method has changed is durable when it returns.

    `start` has a run born and returns its id, `run` shows one.
    """

    def __init__(
        self,
        store: Store,
        process: Process,
        registry: Registry,
        start: Callable[[Birth, OnConflict], Started],
        run: Callable[[str], Run],
    ) -> None:
        self._store = store
        self._process = process
        self._registry = registry
        self._start = start
        self._run = run

    def create(
        self,
        name: str,
        workflow: "str | type | Workflow",
        said: Schedule | None = None,
        /,
        *,
        paused: bool = False,
        **options: Any,
    ) -> ScheduleView:
        """Make a schedule: runs of `workflow` begin by `cron=` or `every=`, as `Schedule` says.

        `inputs=` are those of every run; a workflow that takes an input `scheduled_for` is given
        the time that the run is for. A name that only the store knows will do: such runs begin
        where a worker has the code. The same schedule made again changes nothing. Raises
        ScheduleTakenError if another one has the name, UnknownWorkflowError, InvalidValueError.
        """
        if not isinstance(name, str) or not name.strip():
            raise InvalidValueError(f"the name of a schedule is text, not {name!r}", "name")
        flow = self._flow(workflow)
        now = self._now()
        wanted = _fitting(flow, schedule_of(said, **options), now)
        self._declare()
        row = made(name, flow, wanted, now, declared=False)
        if paused:
            row = row._replace(paused=1, next_at=None)
        self._keep_plan(flow)
        if not self._store.put_schedule(row, 0):
            there = self._row(name)
            if (there.workflow, there.said) != (row.workflow, row.said):
                raise ScheduleTakenError(name)
            return view_of(there)
        self._hint(row)
        return view_of(row)

    def list(self) -> Sequence[ScheduleView]:
        """Return all schedules, by name."""
        self._declare()
        return [view_of(row) for row in self._store.schedules()]

    def get(self, name: str) -> ScheduleView:
        """Return a schedule. Raises ScheduleNotFoundError."""
        return view_of(self._row(name))

    def pause(self, name: str) -> ScheduleView:
        """Have no more runs begin; those that live go on. Raises ScheduleNotFoundError."""
        return self._change(name, lambda row, _: row._replace(paused=1, next_at=None))

    def resume(self, name: str) -> ScheduleView:
        """Go on from now; what came while it was paused is not caught up."""
        return self._change(
            name,
            lambda row, now: (
                row._replace(paused=0, next_at=load(row.said).recurrence(row.made_at).after(now))
                if row.paused
                else row
            ),
        )

    def update(self, name: str, **options: Any) -> ScheduleView:
        """Change what a schedule says: any of the fields of `Schedule`, and `workflow=`.

        It goes on from now by what it says then. One that stands at a workflow's class is changed
        there. Raises ScheduleNotFoundError, InvalidValueError.
        """
        workflow = options.pop("workflow", None)

        def changing(row: ScheduleRow, now: float) -> ScheduleRow:
            if row.declared:
                raise InvalidValueError(
                    f"it stands at the class of {row.workflow!r}: @workflow(schedule=...). "
                    "Change it there",
                    name,
                )
            flow = self._flow(workflow or row.workflow)
            self._keep_plan(flow)
            said = _changed(load(row.said), options)
            return changed(row, flow, _fitting(flow, said, now), now)

        return self._change(name, changing)

    def delete(self, name: str) -> bool:
        """Remove a schedule; False if there is none. Its runs stay, and go on.

        One that stands at a workflow's class is there again when a worker starts: pause it.
        """
        self._declare()
        return self._store.drop_schedule(name)

    def next(self, name: str, count: int = 5) -> Sequence[datetime]:
        """Return the times that come next, in the schedule's own time zone, also of a paused one."""
        return coming(self._row(name), self._now(), count)

    def run_now(self, name: str) -> Run:
        """Begin a run of a schedule at once, beside its times; it may be paused.

        Raises UniqueKeyTakenError where a run lives that it may not overlap with; with the overlap
        policy `replace` that one is cancelled.
        """
        row = self._row(name)
        said = load(row.said)
        now = self._now()
        birth = self._occurrences.by_hand(row, said, now)
        on_conflict: OnConflict = "replace" if said.overlap == "replace" else "refuse"
        try:
            return self._run(self._start(birth, on_conflict).run)
        except UniqueKeyTakenError as error:
            raise UniqueKeyTakenError(
                error.run,
                error.key,
                f"Overlap {said.overlap!r} lets no other run of schedule {name!r} begin by hand. "
                f"Let it end, or end it: perdure cancel {error.run}",
            ) from error

    def backfill(self, name: str, start: datetime, end: datetime) -> Sequence[Run]:
        """Begin a run for each time from `start` to `end`, all at once; return them in order.

        A time that has its run already keeps that one. Raises InvalidValueError for more than
        10,000 times, for an end before the start, or for moments without a time zone.
        """
        row = self._row(name)
        said = replace(load(row.said), overlap="allow")
        first, last = _moment("start", start), _moment("end", end)
        if last < first:
            raise InvalidValueError(f"{end} is before the start, {start}", "end")
        between = times(said.recurrence(row.made_at), first - MOMENT, last + MOMENT)
        wanted = list(islice(between, MOST_BACKFILLED + 1))
        if len(wanted) > MOST_BACKFILLED:
            raise InvalidValueError(f"more than {MOST_BACKFILLED:,} times lie between them", "end")
        return [self._run(self._backfilled(row, said, at)) for at in wanted]

    def _backfilled(self, row: ScheduleRow, said: Schedule, at: float) -> str:
        return self._start(self._occurrences.birth(row, said, at, self._now()), "refuse").run

    # -- rows --------------------------------------------------------------------------------
    @property
    def _occurrences(self) -> Occurrences:
        return self._process.scheduler.occurrences

    def _now(self) -> float:
        return self._process.clock.now()

    def _flow(self, workflow: "str | type | Workflow") -> Workflow:
        if isinstance(workflow, Workflow):
            self._registry.add(workflow)
            return workflow
        try:
            return self._registry.named(workflow)
        except UnknownWorkflowError:
            stored = self._occurrences.stored(workflow) if isinstance(workflow, str) else None
            if stored is None:
                raise
            return stored

    def _keep_plan(self, flow: Workflow) -> None:
        """Have the plan in the store, for a process that does not know the workflow."""
        plan = flow.plan
        row = (plan.hash, plan.workflow, plan.version, dump(plan))
        with self._store.transaction() as open_:
            open_.apply(Commit(batch=0, now=self._now(), plans=[row]))

    def _declare(self) -> None:
        """Have in the store what stands at the classes of this process, if it works."""
        self._process.scheduler.declare(self._now())

    def _row(self, name: str) -> ScheduleRow:
        self._declare()
        return row_of(self._store, name)

    def _change(
        self, name: str, change: Callable[[ScheduleRow, float], ScheduleRow]
    ) -> ScheduleView:
        """Write what `change` makes of a row, of the one that it is when that is written."""
        while True:
            row = self._row(name)
            new = change(row, self._now())._replace(seq=row.seq + 1)
            if self._store.put_schedule(new, row.seq):
                self._hint(new)
                return view_of(new)

    def _hint(self, row: ScheduleRow) -> None:
        if row.next_at is not None:
            self._process.scheduler.hint(row.next_at)
            self._process.ledger.on_due(row.next_at)


def row_of(store: Store, name: str) -> ScheduleRow:
    """Return a schedule's row. Raises ScheduleNotFoundError."""
    found = next((row for row in store.schedules() if row.name == name), None)
    if found is None:
        raise ScheduleNotFoundError(name)
    return found


def coming(row: ScheduleRow, now: float, count: int) -> Sequence[datetime]:
    """Return the times of a schedule that come next, in its own time zone."""
    if type(count) is not int or count < 0:
        raise InvalidValueError(f"how many times is a number from 0, not {count!r}", "count")
    said = load(row.said)
    found = times(said.recurrence(row.made_at), now, float("inf"))
    return [datetime.fromtimestamp(at, said.zone) for at in islice(found, count)]


def view_of(row: ScheduleRow) -> ScheduleView:
    """Return how a schedule's row looks from outside."""
    said = load(row.said)

    def moment(at: float | None) -> datetime | None:
        return None if at is None else datetime.fromtimestamp(at, said.zone)

    return ScheduleView(
        name=row.name,
        workflow=row.workflow,
        schedule=said,
        declared=bool(row.declared),
        paused=bool(row.paused),
        next_at=moment(row.next_at),
        last_at=moment(row.last_at),
        last_run=row.last_run,
        skipped=row.skipped,
        error=row.error,
    )


def _fitting(flow: Workflow, said: Schedule, now: float) -> Schedule:
    """Return the schedule, if the workflow takes its inputs. Raises InvalidValueError."""
    flow.begin(inputs_of(flow, said, now))
    return said


def _changed(said: Schedule, options: dict[str, Any]) -> Schedule:
    """Return a schedule with other fields; a cron expression and a span take each other's place."""
    kept = {name: getattr(said, name) for name in Schedule.__dataclass_fields__}
    if options.get("cron") is not None:
        kept["every"] = None
    elif options.get("every") is not None:
        kept["cron"] = None
    return schedule_of(**(kept | options))


def _moment(name: str, moment: object) -> float:
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        hint = "Give one with a time zone, such as datetime(2026, 11, 27, tzinfo=UTC)"
        raise InvalidValueError(f"{moment!r} is no such moment. {hint}", name)
    return moment.timestamp()
