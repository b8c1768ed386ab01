"""What the body of a step reads, its `config`; `bodies` says what each part of it means."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from perdure.authoring.graphs.handling import Handling, chain
from perdure.authoring.graphs.inputs import whole_schema
from perdure.authoring.graphs.models import (
    Aggregation,
    Budget,
    Calling,
    Conditional,
    DataCollection,
    DataProcessing,
    Http,
    Inference,
    Loop,
    ParallelProcessing,
    Python,
    Sleep,
    Step,
    SubWorkflow,
    Wait,
    branches_of,
    inline_of,
)
from perdure.authoring.plans import dump
from perdure.kernel.plan import Plan
from perdure.wire.encoding import encode

Inline = Callable[[dict[str, Any]], Plan]
"""Gives the plan of a definition that is written within a step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What holds for a step, whoever says it. `title` names a workflow that is written within it."""

    policy: Handling
    timeout: float | None
    title: str
    inline: Inline | None
    budget: Budget | None = None


def config_of(step: Step, said: Said) -> dict[str, Any]:
    """Return a step's config, but for what only its plan knows of it."""
    config: dict[str, Any] = _MAKERS[type(step)](step, said)
    if isinstance(step, Calling) and step.parameters:
        config["parameters"] = step.parameters
    if said.policy.retry_on is not None:
        config["retry_on"] = said.policy.retry_on
    if said.policy.rules:
        config["rules"] = said.policy.rules
    return config


def _item(step: Step, said: Said) -> dict[str, Any]:
    """Return what is done for an item of a loop, with what stands inside of it."""
    config = config_of(step, said) | {"kind": step.type}
    if isinstance(step, Conditional):
        config["branches"] = {name: _item(inner, said) for name, inner in branches_of(step)}
    return config


def _inference(step: Inference, said: Said) -> dict[str, Any]:
    config: dict[str, Any] = {"model": step.model, "input": step.input}
    if fallbacks := chain(step.model, said.policy.fallbacks):
        config |= {"fallbacks": fallbacks, "fall_back_on_failure": said.policy.on_failure}
    if said.budget is not None:
        config["budget"] = said.budget.model_dump(exclude_none=True)
    return config


def _calling(step: DataProcessing | DataCollection, _said: Said) -> dict[str, Any]:
    return {"function": step.function, "input": step.input}


def _python(step: Python, _said: Said) -> dict[str, Any]:
    return {"function": step.function, "input": step.input, "gives_key": True}


def _aggregation(step: Aggregation, _said: Said) -> dict[str, Any]:
    inputs = {"inputs": step.inputs} if step.inputs is not None else {}
    return {"function": step.function, **inputs}


def _http(step: Http, said: Said) -> dict[str, Any]:
    given = _given(step, "url", "method", "headers", "query", "body", "accept_status")
    return given | _timeout(said)


def _wait(step: Wait, said: Said) -> dict[str, Any]:
    config = _timeout(said)
    if step.on_timeout == "continue":
        config |= {"goes_on": True, "default": step.default}
    if step.event is not None:
        named = {"waits_for": "event", "name": step.event, "key": step.entity}
        return config | named | {"match": step.match}
    accepts = {"accepts": encode(whole_schema(step.form))} if step.form is not None else {}
    return config | {"waits_for": "signal", "name": step.signal, "key": step.key, **accepts}


def _sleep(step: Sleep, _said: Said) -> dict[str, Any]:
    return _given(step, "seconds", "until")


def _workflow(step: SubWorkflow, said: Said) -> dict[str, Any]:
    config = {"inputs": step.inputs, **_timeout(said)}
    if isinstance(step.workflow, str):
        return config | {"workflow": step.workflow}
    assert said.inline is not None
    plan = said.inline(inline_of(step.workflow, said.title))
    return config | {"workflow": plan.workflow, "plan": [plan.hash, dump(plan)]}


def _conditional(step: Conditional, _said: Said) -> dict[str, Any]:
    return {"condition": step.condition}


def _loop(step: Loop, said: Said) -> dict[str, Any]:
    return _over(step, step.iterate_over) | {"step": _item(step.step, said)}


def _parallel(step: ParallelProcessing, _said: Said) -> dict[str, Any]:
    inner: dict[str, Any] = {"function": step.function, "input": "${loop.current_item}"}
    if step.parameters:
        inner["parameters"] = step.parameters
    return _over(step, step.input) | {"step": inner | {"kind": "data_processing"}}


_MAKERS: Mapping[type, Callable[[Any, Said], dict[str, Any]]] = {
    Inference: _inference,
    DataProcessing: _calling,
    DataCollection: _calling,
    Python: _python,
    Aggregation: _aggregation,
    Http: _http,
    Wait: _wait,
    Sleep: _sleep,
    SubWorkflow: _workflow,
    Conditional: _conditional,
    Loop: _loop,
    ParallelProcessing: _parallel,
}


def _timeout(said: Said) -> dict[str, Any]:
    return {"timeout": said.timeout} if said.timeout is not None else {}


def _given(step: Step, *fields: str) -> dict[str, Any]:
    """Return what a step says in these fields, without what it says as if nothing was said."""
    model = type(step).model_fields
    said = {name: getattr(step, name) for name in fields}
    return {
        name: value
        for name, value in said.items()
        if value != model[name].default and value not in ({}, [])
    }


def _over(step: Loop | ParallelProcessing, over: Any) -> dict[str, Any]:
    limit = {"truncates": True} if step.on_limit == "truncate" else {}
    return {"over": over, "most": step.max_iterations, **limit}
