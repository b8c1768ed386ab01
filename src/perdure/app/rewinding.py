"""Where a run stood before a visit, what is changed there, and what is told or born of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from perdure.authoring.payloads import payload_refusal
from perdure.authoring.schedules import SCHEDULED_FOR
from perdure.errors import CannotRewindError, InvalidValueError
from perdure.kernel import history, messages
from perdure.kernel.keys import Keys
from perdure.kernel.paths import plan_name
from perdure.kernel.plan import Plan, PlanKind
from perdure.kernel.rewinding import begun, reset_marks, visits_of
from perdure.kernel.run import Mark, is_item, pack_marks, unpack_marks
from perdure.ports.commit import Born, StepEnded
from perdure.ports.rows import Loaded
from perdure.ports.store import Store
from perdure.runtime.beside import merge
from perdure.runtime.envelopes import Birth, Told
from perdure.runtime.hotrun import BESIDE, restore
from perdure.runtime.occurrences import SCHEDULE
from perdure.runtime.returning import events_of, is_whole, keys_since
from perdure.runtime.rewinds import pack_found
from perdure.runtime.traces import MOST_FOLDED, fold
from perdure.wire.encoding import decode, encode, encode_value

ENDED = ("completed", "failed", "skipped")


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Where a run stood before a visit: its context, and the payload that the visit was given.

    `seen` is how many visits the step had when that was looked up, `begun` all steps that come
    again; their visits are to have these `keys`, or new ones if that is None.
    """

    loaded: Loaded
    plan: Plan
    step: str
    visit: int
    seen: int
    context: str
    payload: str | None = None
    keys: Keys | None = None
    begun: int = 0


def point_of(store: Store, loaded: Loaded, plan: Plan, step: str, visit: int | None) -> Point:
    """Return where a run stood before a visit, or the last one. Raises CannotRewindError."""
    run = loaded.row.id
    _check_step(run, plan, step)
    if loaded.row.status in ("pending", "cancelling"):
        raise CannotRewindError(run, step, f"it is {loaded.row.status}")
    seen = visits_of(plan, restore(loaded, plan).run, step)
    if seen == 0:
        raise CannotRewindError(run, step, "it has not come to this step, or is to come to it anew")
    at = seen if visit is None else visit
    if not 0 < at <= seen:
        raise CannotRewindError(run, step, f"it has no visit {at}; the last one is {seen}")
    here = Point(loaded=loaded, plan=plan, step=step, visit=at, seen=seen, context=loaded.context)
    return here if plan.kind is PlanKind.GRAPH else _earlier(store, here)


def _check_step(run: str, plan: Plan, step: str) -> None:
    if step not in plan.index:
        names = ", ".join(plan.index)
        raise CannotRewindError(run, step, f"its workflow has no such step. It has: {names}")
    if step in (plan.on_fail, plan.on_cancel):
        raise CannotRewindError(run, step, "that is a hook, which runs at the end alone")


def _earlier(store: Store, here: Point) -> Point:
    """Return what the visit of a machine began with."""
    run = here.loaded.row.id
    traces = store.traces(run, here.step, here.visit, MOST_FOLDED)
    if not traces or (traces[0].step, traces[0].visit) != (here.step, here.visit):
        jobs = [job for job in here.loaded.jobs if (job.step, job.visit) == (here.step, here.visit)]
        if jobs:  # it has not ended: nothing was changed since it began
            return replace(here, payload=jobs[0].payload)
        follower = _follower(store, here)
        if follower is None:
            return replace(here, payload=_left_beside(here))
        traces = store.traces(run, *follower, MOST_FOLDED)
    found = fold(traces)
    if found is None:
        why = "what its context was then is not known: that is not kept, or not any more"
        raise CannotRewindError(run, here.step, why)
    return replace(here, context=found.context, payload=found.payload)


def _follower(store: Store, here: Point) -> tuple[str, int] | None:
    """Return the visit that ended next after one that was stopped: it found what that one had.

    A visit that is stopped leaves no row: what it changed is dropped, and what it was given goes to
    the next. None where nothing has ended since.
    """
    run, has_begun = here.loaded.row.id, False
    for event in events_of(store, run):
        if has_begun and isinstance(event, history.StepSucceeded | history.StepFailed):
            return event.step, event.visit
        if has_begun and isinstance(event, history.RunRewound):
            why = "it was stopped, and the run went back before anything else had ended"
            raise CannotRewindError(run, here.step, why)
        if isinstance(event, history.StepScheduled):
            has_begun = has_begun or (event.step, event.visit) == (here.step, here.visit)
    if not has_begun:
        raise CannotRewindError(run, here.step, "what happened then is not kept any more")
    return None


def _left_beside(here: Point) -> str | None:
    """Return the payload that a visit was given that was stopped: a retry would begin with it."""
    kept = (row for row in here.loaded.kept if row.name == BESIDE and row.signal == -here.visit)
    return next((row.payload for row in kept), None)


def edited(point: Point, changes: Mapping[str, Any] | None) -> Point:
    """Return the point with these keys set at the top of its context, or of a graph's inputs.

    What the payload brought comes first, so what is set here holds. Raises InvalidValueError.
    """
    if not changes:
        return point
    text = encode_value(dict(changes), "context")
    if point.plan.kind is PlanKind.MACHINE and (why := payload_refusal(point.plan.schema, text)):
        raise InvalidValueError(why, "context")
    context = point.context if point.payload is None else merge(point.context, point.payload)
    return replace(point, context=encode(decode(context) | decode(text)), payload=None)


def with_keys(store: Store, point: Point) -> Point:
    """Return the point with the keys that its visit had, and those after it. CannotRewindError."""
    run, plan = point.loaded.row.id, point.plan
    if not is_whole(store, run):
        why = "its key cannot be kept: how the run began is not kept any more"
        raise CannotRewindError(run, point.step, why)
    keys = keys_since(plan, events_of(store, run), point.step, point.visit)
    if keys is None:
        why = (
            "its key cannot be kept: this visit did not begin in this run, but where it was forked"
        )
        raise CannotRewindError(run, point.step, why)
    count = begun(plan, restore(point.loaded, plan).run, point.step)
    return replace(point, keys=keys, begun=count)


def rewind_of(point: Point, by: str, why: str) -> Told:
    """Return what a run is told that is to go back there."""
    message = messages.Rewind(point.step, point.visit, point.seen, by, why, point.keys, point.begun)
    found = pack_found(point.context, point.payload)
    return Told(point.loaded.row.id, message, payload=found)


def fork_of(store: Store, point: Point, run: str, now: float, by: str, why: str) -> Birth:
    """Return the birth of run `run`, which begins there. It has the labels of the other one, no key.

    A schedule did not begin it: it is not one of that schedule's runs.
    """
    row, plan = point.loaded.row, point.plan
    born = Born(
        run=run, seq=0, namespace=row.namespace, workflow=row.workflow, version=row.version,
        plan=row.plan, status="running", cursor=None, marks="", visits="", priority=row.priority,
        created_at=now, ended_at=None, error=None, start_key=None, unique_key=None,
        deadline=row.deadline,
    )  # fmt: skip
    marks, copied = "", list[StepEnded]()
    if plan.kind is PlanKind.GRAPH:
        marks, copied = _standing(store, point, run)
    return Birth(
        born, plan, store.plan(row.plan) or "", point.context,
        fork=messages.Fork(row.id, point.step, point.visit, marks, by, why),
        labels=[
            label._replace(run=run)
            for label in store.labels([row.id])
            if label.name not in (SCHEDULE, SCHEDULED_FOR)
        ],
        payload=point.payload, copied=copied,
    )  # fmt: skip


def _standing(store: Store, point: Point, run: str) -> tuple[str, list[StepEnded]]:
    """Return the marks of a graph that begins there, and what its other steps have come to.

    A step that still runs in the other one is to run in this one, too.
    """
    plan, row = point.plan, point.loaded.row
    marks = reset_marks(plan, unpack_marks(row.marks, len(plan.steps)), point.step)
    last = {ended.step: ended for ended in store.steps(row.id) if ended.status in ENDED}
    there = {plan.index[step]: ended for step, ended in last.items() if step in plan.index}
    for number, mark in enumerate(marks):
        if mark != Mark.PENDING and number not in there:
            marks[number] = Mark.PENDING
    items = [(plan.index[plan_name(step)], ended) for step, ended in last.items() if is_item(step)]
    copied = [
        ended._replace(run=run, context=None)
        for number, ended in (*there.items(), *items)
        if marks[number] != Mark.PENDING
    ]
    return pack_marks(marks), copied


def place_of(text: str) -> tuple[str, int | None]:
    """Return the step and the visit of `STEP` or `STEP#VISIT`. Raises InvalidValueError."""
    step, sign, visit = text.rpartition("#")
    if not sign:
        return text, None
    if not visit.isdecimal():
        raise InvalidValueError(f"{text!r} is no STEP#VISIT: the visit is a number from 1", "step")
    return step, int(visit)
