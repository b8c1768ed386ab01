"""A definition that was examined becomes a plan."""

from typing import Any

from perdure.authoring.functions import FunctionRegistry
from perdure.authoring.graphs.handling import Handling, chain, handling
from perdure.authoring.graphs.inputs import full_schema
from perdure.authoring.graphs.links import Links
from perdure.authoring.graphs.models import Aggregation, Definition, Inference, Resources, Step
from perdure.authoring.offered import host_of
from perdure.authoring.plans import seal
from perdure.kernel.plan import Plan, PlanKind, StepPlan
from perdure.wire.encoding import encode


def compile_definition(definition: Definition, links: Links, functions: FunctionRegistry) -> Plan:
    """Return the sealed plan of a definition without errors. The same text, the same hash."""
    steps = definition.steps
    return seal(
        Plan(
            workflow=definition.name,
            version=definition.version,
            kind=PlanKind.GRAPH,
            steps=tuple(
                _step(definition, links, number, functions) for number in range(len(steps))
            ),
            max_parallel=definition.max_parallel_steps,
            deadline=definition.timeout,
            schema=encode(full_schema(definition.input_schema, links.reads)),
            output=encode(definition.output) if definition.output is not None else "",
        )
    )


def _step(
    definition: Definition, links: Links, number: int, functions: FunctionRegistry
) -> StepPlan:
    step = definition.steps[number]
    policy = handling(definition.error_handling, step.error_handling)
    config = _config(step, policy)
    if isinstance(step, Aggregation) and step.inputs is None:
        config["collects"] = [definition.steps[other].id for other in links.explicit[number]]
    needed = _resources(definition.resource_requirements, step.resource_requirements)
    if needed:
        config["resources"] = needed
    return StepPlan(
        name=step.id,
        kind=step.type,
        needs=tuple(definition.steps[other].id for other in sorted(links.needs[number])),
        retry=policy.retry,
        timeout=step.timeout,
        queue=step.queue or definition.queue,
        continue_on_error=step.continue_on_error,
        group=step.parallel_group,
        config=encode(config),
        host=_host(config.get("function"), functions),
    )


def _host(function: str | None, functions: FunctionRegistry) -> str:
    """Return what only some processes have and the step needs: a function of somebody's own."""
    if function is None or functions.get(function).is_built_in:
        return ""
    return host_of(function)


def _config(step: Step, policy: Handling) -> dict[str, Any]:
    """Return what the step's body reads: `bodies` says what each part means."""
    config: dict[str, Any] = {}
    if isinstance(step, Inference):
        config |= {"model": step.model, "input": step.input}
        if fallbacks := chain(step.model, policy.fallbacks):
            config |= {"fallbacks": fallbacks, "fall_back_on_failure": policy.on_failure}
    elif isinstance(step, Aggregation):
        config |= {"function": step.function}
        config |= {"inputs": step.inputs} if step.inputs is not None else {}
    else:
        config |= {"function": step.function, "input": step.input}
    if step.parameters:
        config["parameters"] = step.parameters
    if policy.retry_on is not None:
        config["retry_on"] = policy.retry_on
    return config


def _resources(workflow: Resources | None, step: Resources | None) -> dict[str, Any]:
    both = [part.model_dump(exclude_none=True) for part in (workflow, step) if part is not None]
    return {name: value for part in both for name, value in part.items()}
