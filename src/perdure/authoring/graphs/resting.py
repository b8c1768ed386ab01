"""What steps do that rest: they wait for a signal or an event, sleep, or wait for a run of their own.

Each is come to twice. Its first attempt asks for the rest; the next one, in the same visit, is told
what has ended it, and makes the step's result of that.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from perdure.authoring import plans
from perdure.authoring.graphs.attempts import Attempting, result_of
from perdure.authoring.graphs.failures import WaitTimeoutError, WorkflowUnavailableError
from perdure.authoring.graphs.inputs import beginning
from perdure.authoring.graphs.policies import Policy
from perdure.authoring.graphs.values import Lookups, steps_of
from perdure.errors import (
    ChildFailedError,
    InvalidInputError,
    InvalidValueError,
    OutsideStepError,
    UnknownWorkflowError,
)
from perdure.ids import child_id
from perdure.kernel.directives import Join, Sleep, Wait
from perdure.kernel.filling import resolve
from perdure.kernel.plan import Plan
from perdure.kernel.references import Json, Template, read
from perdure.kernel.run import Status
from perdure.ports.events import SIGN
from perdure.ports.executor import ChildWanted, Family, Result, Work
from perdure.ports.rows import RunRow
from perdure.wire.encoding import decode, encode

LONGEST_SLEEP = 100 * 366 * 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitBody(Attempting):
    """Waits for a signal or an event; what that brings is the step's result."""

    name: str
    kind: str
    key: Template
    match: Template
    accepts: str
    timeout: float | None
    goes_on: bool
    default: Template
    policy: Policy

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> "WaitBody":
        """Return the body for a step's config."""
        return cls(
            name=config["name"],
            kind=config["waits_for"],
            key=read(config.get("key")),
            match=read(config.get("match")),
            accepts=config.get("accepts", ""),
            timeout=config.get("timeout"),
            goes_on=config.get("goes_on", False),
            default=read(config.get("default")),
            policy=Policy.of(config),
        )

    @property
    def steps(self) -> tuple[str, ...]:
        """The steps whose results it reads."""
        return steps_of(self.key, self.match, self.default)

    def run(self, work: Work, values: Lookups) -> Result:
        """Begin to wait, or make a result of what has ended the wait."""
        woken = work.woken
        if woken is None:
            return Result(outcome=self._wait(values))
        if woken.kind != "timeout":
            meta = {"woken_by": woken.kind, "name": woken.name, "key": woken.key}
            return result_of(_brought(work.brought), meta, since=work.since)
        if not self.goes_on:
            raise WaitTimeoutError(
                f"no {self.kind} {self.name!r} came within {self.timeout:g} s. With "
                "'on_timeout': 'continue' the run goes on without"
            )
        return result_of(resolve(self.default, values), {"woken_by": "timeout"}, since=work.since)

    def _wait(self, values: Lookups) -> Wait:
        key = resolve(self.key, values)
        match = resolve(self.match, values)
        return Wait(
            name=self.name,
            kind=self.kind,
            key=_key(key, "key" if self.kind == "signal" else "entity"),
            match=encode(match) if match else "",
            accepts=self.accepts,
            timeout=self.timeout,
        )


def _key(value: Json, field: str) -> str | None:
    """Return a key, or an entity's id, as text."""
    if isinstance(value, dict) and field == "entity":
        value = value.get("id")
        if value is None:
            raise InvalidInputError("has no 'id' to wait for", path=field)
    if value is None or (isinstance(value, str) and value):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise InvalidInputError("must be text or a whole number", path=field)


def _brought(text: str | None) -> Json:
    """Return what a signal or an event has brought: an object."""
    value: Json = decode(text) if text else {}
    if text and text.startswith(SIGN):
        assert isinstance(value, list)
        return value[0]
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class SleepBody(Attempting):
    """Sleeps for seconds, or until a moment; its result is null."""

    seconds: Template
    until: Template
    policy: Policy

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> "SleepBody":
        """Return the body for a step's config."""
        return cls(
            seconds=read(config.get("seconds")),
            until=read(config.get("until")),
            policy=Policy.of(config),
        )

    @property
    def steps(self) -> tuple[str, ...]:
        """The steps whose results it reads."""
        return steps_of(self.seconds, self.until)

    def run(self, work: Work, values: Lookups) -> Result:
        """Begin to sleep, or end."""
        if work.woken is not None:
            return result_of(None, since=work.since)
        until = resolve(self.until, values)
        if until is not None:
            return Result(outcome=Sleep(0.0, until=moment_of(until)))
        return Result(outcome=Sleep(seconds_of(resolve(self.seconds, values))))


def seconds_of(value: Json) -> float:
    """Return a span in seconds. Raises InvalidInputError."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidInputError(
            f"must be a number of seconds, not {encode(value)[:60]}", path="seconds"
        )
    if not 0 <= value <= LONGEST_SLEEP:
        raise InvalidInputError("must be from 0 to 100 years, in seconds", path="seconds")
    return float(value)


def moment_of(value: Json) -> float:
    """Return a moment of ISO 8601 with its offset as seconds since 1970. Raises InvalidInputError."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        if moment is not None and moment.tzinfo is not None:
            return moment.timestamp()
    except (ValueError, OverflowError):
        pass
    raise InvalidInputError(
        f"must be a moment with its offset, such as '2027-01-31T09:00:00+01:00', not "
        f"{encode(value)[:60]}",
        path="until",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowBody(Attempting):
    """Starts a run of another workflow and waits for it; what it comes to is the step's result."""

    workflow: str
    plan: tuple[str, str] | None
    inputs: Template
    timeout: float | None
    policy: Policy

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> "WorkflowBody":
        """Return the body for a step's config; `plan` has hash and text of one given inline."""
        plan = config.get("plan")
        return cls(
            workflow=config["workflow"],
            plan=tuple(plan) if plan is not None else None,
            inputs=read(config.get("inputs", {})),
            timeout=config.get("timeout"),
            policy=Policy.of(config),
        )

    @property
    def steps(self) -> tuple[str, ...]:
        """The steps whose results it reads."""
        return steps_of(self.inputs)

    def run(self, work: Work, values: Lookups) -> Result:
        """Start the child, or make a result of its end."""
        if work.family is None:
            raise OutsideStepError("a step that runs alone has no children. Run it on an engine")
        if work.woken is not None:
            return self._result(work, work.family)
        inputs = resolve(self.inputs, values)
        assert isinstance(inputs, dict)
        child = replace(self._child(work.family, inputs), deadline=self.timeout)
        return Result(outcome=Join(), children=[child])

    def _child(self, family: Family, inputs: dict[str, Json]) -> ChildWanted:
        try:
            if self.plan is None:
                return family.wanted(self.workflow, inputs, priority=0, detached=False)
            hash_, body = self.plan
            plan = _loaded(body, hash_)
            return ChildWanted(plan=plan, body=body, context=beginning(plan)(inputs))
        except InvalidValueError as error:
            raise InvalidInputError(f"workflow {self.workflow!r}: {error}") from error
        except UnknownWorkflowError as error:
            raise WorkflowUnavailableError(str(error)) from error

    def _result(self, work: Work, family: Family) -> Result:
        run = child_id(work.run, work.path, work.visit, 0)
        row = family.child(run)
        if row is None:
            raise ChildFailedError(run, self.workflow, "gone", "it is not there any more")
        if row.status != Status.COMPLETED:
            raise _failure(row)
        meta = {"run": run, "workflow": row.workflow}
        return result_of(family.result(row), meta, since=work.since)


def _failure(row: RunRow) -> ChildFailedError:
    if row.status == Status.CANCELLED:
        return ChildFailedError(row.id, row.workflow, "cancelled", "it was cancelled")
    error = decode(row.error) if row.error is not None else {}
    return ChildFailedError(row.id, row.workflow, str(error.get("kind")), str(error.get("message")))


@lru_cache(64)
def _loaded(body: str, hash_: str) -> Plan:
    return plans.load(body, hash_)
