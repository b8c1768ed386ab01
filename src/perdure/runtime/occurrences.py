"""The run that a schedule has begin at one of its times: how it is born, and under which keys."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from perdure.authoring import plans as texts
from perdure.authoring.payloads import payload_refusal
from perdure.authoring.registry import Registry, Workflow
from perdure.authoring.schedules import SCHEDULED_FOR, Schedule
from perdure.errors import InvalidValueError, UnknownWorkflowError
from perdure.ids import named_id, new_id
from perdure.kernel.plan import Plan, PlanKind
from perdure.ports.commit import Born, Label
from perdure.ports.rows import ScheduleRow
from perdure.ports.store import Store
from perdure.runtime.envelopes import Birth
from perdure.wire.encoding import decode, encode_value

SCHEDULE = "schedule"
"""The search attribute of a run that a schedule has begun, beside the time that it is for."""


def start_key(name: str, at: float) -> str:
    """Return the key under which the run of this time is born: no time has two."""
    return f"schedule:{name}:{_text(at)}"


def unique_key(name: str) -> str:
    """Return the key that the live run of a schedule has, unless they may overlap."""
    return f"schedule:{name}"


def labels_of(run: str, name: str, at: float) -> list[Label]:
    """Return what a run is found by that a schedule has begun for this time."""
    return [Label(run, SCHEDULE, name, None), Label(run, SCHEDULED_FOR, _text(at), at)]


def _text(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat()


class Occurrences:
    """Makes births. A workflow that is not hosted here begins with its newest plan in the store."""

    def __init__(self, registry: Registry, store: Store) -> None:
        self._registry = registry
        self._store = store

    def is_known(self, workflow: str) -> bool:
        """Whether this process hosts the workflow: its code, or a definition that needs none."""
        if self._registry.find(workflow) is not None:
            return True
        newest = self._store.latest_plan(workflow)
        return newest is not None and _is_graph(texts.load(newest[1], newest[0]))

    def stored(self, workflow: str) -> Workflow | None:
        """Return a workflow as the store's newest plan of it says; None if it knows none.

        What a class makes of its inputs is not in a plan: those of code are left unchecked.
        """
        newest = self._store.latest_plan(workflow)
        if newest is None:
            return None
        plan = texts.load(newest[1], newest[0])
        if not _is_graph(plan):
            return Workflow(plan=plan, begin=_as_given)
        from perdure.authoring.graphs.inputs import beginning, declared  # who has definitions

        return Workflow(plan=plan, begin=beginning(plan), takes=declared(plan))

    def birth(self, row: ScheduleRow, said: Schedule, at: float, now: float) -> Birth:
        """Return the birth of the run of this time, which has one id whoever has it begin now.

        Raises UnknownWorkflowError, InvalidValueError, and whatever `create_context` raises.
        """
        run = named_id("run", "schedule", row.name, at, at=now)
        return self._birth(row, said, at, now, run=run, key=start_key(row.name, at))

    def by_hand(self, row: ScheduleRow, said: Schedule, now: float) -> Birth:
        """Return the birth of a run that somebody wants now, of no time of the schedule."""
        return self._birth(row, said, now, now, run=new_id("run", now), key=None)

    def _birth(
        self, row: ScheduleRow, said: Schedule, at: float, now: float, *, run: str, key: str | None
    ) -> Birth:
        plan, body, context = self._beginning(row, said, at)
        born = Born(
            run=run, seq=0, namespace="default", workflow=plan.workflow, version=plan.version,
            plan=plan.hash, status="running", cursor=None, marks="", visits="", priority=0,
            created_at=now, ended_at=None, error=None, start_key=key,
            unique_key=unique_key(row.name) if said.overlap != "allow" else None, deadline=None,
        )  # fmt: skip
        return Birth(born, plan, body, context, labels=labels_of(run, row.name, at))

    def _beginning(self, row: ScheduleRow, said: Schedule, at: float) -> tuple[Plan, str, str]:
        flow = self._registry.find(row.workflow)
        if flow is not None:
            plan, context = flow.opening(inputs_of(flow, said, at))
            return plan, texts.dump(plan), context
        newest = self._store.latest_plan(row.workflow)
        if newest is None or row.hosted:
            raise UnknownWorkflowError(
                f"schedule {row.name!r}: workflow {row.workflow!r} is not known in this process. "
                "It begins where a worker has it"
            )
        plan = texts.load(newest[1], newest[0])
        return plan, newest[1], _first_context(plan, said, at)


def _as_given(inputs: Mapping[str, Any]) -> str:
    return encode_value(dict(inputs), "inputs")


def inputs_of(flow: Workflow, said: Schedule, at: float) -> Mapping[str, Any]:
    """Return the inputs, with the time that the run is for, if the workflow takes that."""
    if SCHEDULED_FOR in said.inputs or SCHEDULED_FOR not in flow.takes:
        return said.inputs
    moment: Any = datetime.fromtimestamp(at, said.zone)
    return {**said.inputs, SCHEDULED_FOR: _text(at) if _is_graph(flow.plan) else moment}


def _is_graph(plan: Plan) -> bool:
    return plan.kind is PlanKind.GRAPH


def _first_context(plan: Plan, said: Schedule, at: float) -> str:
    """Return the inputs as the first context of a plan, whose code may be elsewhere."""
    schema = decode(plan.schema) if plan.schema else {}
    inputs = dict(said.inputs)
    if SCHEDULED_FOR in schema.get("properties", {}):
        inputs.setdefault(SCHEDULED_FOR, _text(at))
    if _is_graph(plan):
        from perdure.authoring.graphs.inputs import beginning  # only who has definitions needs it

        return beginning(plan)(inputs)
    text = encode_value(inputs, "inputs")
    missing = [name for name in schema.get("required", ()) if name not in inputs]
    wrong = f"{missing[0]}: it is missing" if missing else payload_refusal(plan.schema, text)
    if wrong:
        raise InvalidValueError(f"{plan.workflow!r} does not take this: {wrong}", "inputs")
    return text
