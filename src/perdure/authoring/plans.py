"""Plans as JSON text: what is stored with a run, and what it hashes to.

A field that has its default is not written, so a shape keeps its hash when perdure learns of more.
"""

import hashlib
from dataclasses import fields, replace
from typing import Any

from perdure.kernel.plan import Plan, PlanKind, RetryPolicy, StepPlan
from perdure.wire.encoding import decode, encode

_STEP_FIELDS = {field.name: field.default for field in fields(StepPlan) if field.name != "retry"}
_PLAN_FIELDS = {
    field.name: field.default
    for field in fields(Plan)
    if field.init and field.name not in ("steps", "hash")
}
_RETRY_FIELDS = {field.name: field.default for field in fields(RetryPolicy)}
_LISTS = (
    *("needs", "waits", "coming", "targets", "formerly", "branches"),
    *("windows", "collecting"),
)


def seal(plan: Plan) -> Plan:
    """Return the plan with the hash of its shape: the same shape, the same hash, anywhere."""
    digest = hashlib.sha256(dump(plan).encode()).hexdigest()
    return replace(plan, hash=f"plan_{digest[:32]}")


def dump(plan: Plan) -> str:
    """Return the plan's JSON text, without its hash."""
    return encode(_changed(plan, _PLAN_FIELDS) | {"steps": [_dump_step(s) for s in plan.steps]})


def load(text: str, hash: str) -> Plan:  # noqa: A002
    """Return the plan of a JSON text that `dump` made; unknown fields are left alone."""
    body = decode(text)
    steps = tuple(_load_step(step) for step in body.pop("steps"))
    known = {name: value for name, value in body.items() if name in _PLAN_FIELDS}
    if "kind" in known:
        known["kind"] = PlanKind(known["kind"])
    return Plan(**known, steps=steps, hash=hash)


def _changed(record: Any, defaults: dict[str, Any]) -> dict[str, Any]:
    found = {name: getattr(record, name) for name in defaults}
    return {name: value for name, value in found.items() if value != defaults[name]}


def _dump_step(step: StepPlan) -> dict[str, Any]:
    body = _changed(step, _STEP_FIELDS)
    if retry := _changed(step.retry, _RETRY_FIELDS):
        body["retry"] = retry
    return body


def _load_step(body: dict[str, Any]) -> StepPlan:
    known = {name: value for name, value in body.items() if name in _STEP_FIELDS}
    for name in _LISTS:
        if name in known:
            known[name] = tuple(known[name])
    return StepPlan(**known, retry=RetryPolicy(**body.get("retry", {})))
