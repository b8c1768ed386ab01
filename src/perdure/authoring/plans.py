"""Plans as JSON text: what is stored with a run, and what it hashes to."""

import hashlib
from dataclasses import fields, replace
from typing import Any

from perdure.kernel.plan import Plan, PlanKind, RetryPolicy, StepPlan
from perdure.wire.encoding import decode, encode

_STEP_FIELDS = tuple(field.name for field in fields(StepPlan) if field.name != "retry")
_PLAN_FIELDS = tuple(
    field.name for field in fields(Plan) if field.init and field.name not in ("steps", "hash")
)
_RETRY_FIELDS = tuple(field.name for field in fields(RetryPolicy))
_LISTS = ("needs", "waits", "coming", "targets")


def seal(plan: Plan) -> Plan:
    """Return the plan with the hash of its shape: the same shape, the same hash, anywhere."""
    digest = hashlib.sha256(dump(plan).encode()).hexdigest()
    return replace(plan, hash=f"plan_{digest[:32]}")


def dump(plan: Plan) -> str:
    """Return the plan's JSON text, without its hash."""
    body: dict[str, Any] = {name: getattr(plan, name) for name in _PLAN_FIELDS}
    body["steps"] = [_dump_step(step) for step in plan.steps]
    return encode(body)


def load(text: str, hash: str) -> Plan:  # noqa: A002
    """Return the plan of a JSON text that `dump` made; unknown fields are left alone."""
    body = decode(text)
    steps = tuple(_load_step(step) for step in body.pop("steps"))
    known = {name: value for name, value in body.items() if name in _PLAN_FIELDS}
    known["kind"] = PlanKind(known["kind"])
    return Plan(**known, steps=steps, hash=hash)


def _dump_step(step: StepPlan) -> dict[str, Any]:
    body = {name: getattr(step, name) for name in _STEP_FIELDS}
    body["retry"] = {name: getattr(step.retry, name) for name in _RETRY_FIELDS}
    return body


def _load_step(body: dict[str, Any]) -> StepPlan:
    known = {name: value for name, value in body.items() if name in _STEP_FIELDS}
    for name in _LISTS:
        known[name] = tuple(known[name])
    return StepPlan(**known, retry=RetryPolicy(**body["retry"]))
