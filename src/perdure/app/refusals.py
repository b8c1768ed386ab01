"""Why a run would refuse a signal, told before it is accepted, while its sender can hear."""

from perdure.authoring.payloads import payload_refusal
from perdure.kernel.plan import Plan, PlanKind
from perdure.ports.rows import Loaded
from perdure.runtime.fitting import refusal
from perdure.runtime.process import Process
from perdure.runtime.ways import WAYS, waiting_of
from perdure.wire.matching import mismatch


def refusal_of(
    process: Process,
    run: str,
    name: str,
    *,
    key: str | None,
    match: str | None,
    payload: str | None,
) -> str:
    """Say why a run that there is refuses a signal; empty if it does not, or nobody knows it."""
    loaded = process.store.load([run]).get(run)
    return "" if loaded is None else refused_by(process, loaded, name, key, match, payload)


def refused_by(
    process: Process, loaded: Loaded, name: str, key: str | None, match: str | None,
    payload: str | None,
) -> str:  # fmt: skip
    """Say why a run refuses a signal: it has ended, it is not meant, or the payload does not fit."""
    if loaded.row.ended_at is not None:
        return f"the run is {loaded.row.status}"
    if match is not None and (missing := mismatch(match, loaded.context)):
        return f"its context has not the {missing!r} that the signal is for"
    plan = process.plans.get(loaded.row.plan)
    return plan_refusal(plan, payload) or _unfit(loaded, name, key, payload)


def plan_refusal(plan: Plan, payload: str | None) -> str:
    """Say why a payload fits no context of a workflow."""
    return payload_refusal(plan.schema, payload) if plan.kind is PlanKind.MACHINE else ""


def _unfit(loaded: Loaded, name: str, key: str | None, payload: str | None) -> str:
    """Say why none of the ways out of the run's wait takes a payload."""
    rows = [wait for wait in loaded.waits if wait.kind in WAYS]
    ways = waiting_of(rows).ways if rows else ()
    fitting = [way for way in ways if way.fits("signal", name, key)]
    why = [refusal(way, "", payload, loaded.context) for way in fitting]
    return why[0] if why and all(why) else ""
