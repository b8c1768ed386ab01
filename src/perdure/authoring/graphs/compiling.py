"""A definition that was examined becomes a plan."""

from typing import Any

from perdure.authoring.functions import FunctionRegistry
from perdure.authoring.graphs.handling import Handling, chain, handling
from perdure.authoring.graphs.inputs import full_schema
from perdure.authoring.graphs.links import Links
from perdure.authoring.graphs.models import (
    AT_A_TIME,
    MAX_ITEMS,
    Aggregation,
    Calling,
    Conditional,
    Definition,
    Inference,
    Loop,
    ParallelProcessing,
    Placed,
    Resources,
    Step,
    branch_name,
    branches_of,
    placed,
)
from perdure.authoring.offered import host_of
from perdure.authoring.plans import seal
from perdure.kernel.plan import Plan, PlanKind, StepPlan
from perdure.wire.encoding import encode


def compile_definition(definition: Definition, links: Links, functions: FunctionRegistry) -> Plan:
    """Return the sealed plan of a definition without errors. The same text, the same hash."""
    return seal(
        Plan(
            workflow=definition.name,
            version=definition.version,
            kind=PlanKind.GRAPH,
            steps=_Compiling(definition, links, functions).steps(),
            max_parallel=definition.max_parallel_steps,
            deadline=definition.timeout,
            schema=encode(full_schema(definition.input_schema, links.reads)),
            output=encode(definition.output) if definition.output is not None else "",
        )
    )


class _Compiling:
    """One definition on its way to a plan: its steps by number, each followed by its branches."""

    def __init__(self, definition: Definition, links: Links, functions: FunctionRegistry) -> None:
        self._definition = definition
        self._links = links
        self._functions = functions
        self._placed = list(placed(definition))

    def steps(self) -> tuple[StepPlan, ...]:
        return tuple(self._step(number, entry) for number, entry in enumerate(self._placed))

    def _step(self, number: int, entry: Placed) -> StepPlan:
        step, definition = entry.step, self._definition
        policy = handling(definition.error_handling, entry.said("error_handling"))
        config = _config(step, policy)
        branches: list[str] = []
        if isinstance(step, Conditional):
            names = {
                field: inner.id or branch_name(entry.name, field)
                for field, inner in branches_of(step)
            }
            config |= {"condition": step.condition, "branches": names}
            branches = list(names.values())
        if isinstance(step, Aggregation) and step.inputs is None:
            config["collects"] = self._names(self._links.explicit[number])
        loop = step if isinstance(step, Loop | ParallelProcessing) else None
        needed = _resources(definition.resource_requirements, entry.said("resource_requirements"))
        if needed:
            config["resources"] = needed
        return StepPlan(
            name=entry.name,
            kind=step.type,
            needs=tuple(self._names(sorted(self._links.needs[number]))),
            retry=policy.retry,
            timeout=entry.said("timeout"),
            queue=entry.said("queue") or definition.queue,
            continue_on_error=bool(entry.said("continue_on_error")),
            group=entry.said("parallel_group"),
            config=encode(config),
            host=_host(config.get("step", config).get("function"), self._functions),
            branches=tuple(branches),
            window=self._window(loop) if loop is not None else 0,
            collects=loop is not None and loop.on_item_error == "collect",
            within=entry.around.name if entry.around is not None else None,
        )

    def _window(self, loop: Loop | ParallelProcessing) -> int:
        """Return how many items of a loop are open at a time."""
        if not loop.parallel:
            return 1
        return min(loop.max_parallel or AT_A_TIME, self._definition.max_parallel_steps or MAX_ITEMS)

    def _names(self, numbers: list[int]) -> list[str]:
        return [self._placed[other].name for other in numbers]


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
    elif isinstance(step, Loop):
        config |= _loop(step, step.iterate_over)
        config |= {"step": _config(step.step, policy) | {"kind": step.step.type}}
    elif isinstance(step, ParallelProcessing):
        config |= _loop(step, step.input)
        inner: dict[str, Any] = {"function": step.function, "input": "${loop.current_item}"}
        if step.parameters:
            inner["parameters"] = step.parameters
        config |= {"step": inner | {"kind": "data_processing"}}
    elif not isinstance(step, Conditional):
        config |= {"function": step.function, "input": step.input}
    if isinstance(step, Calling) and step.parameters:
        config["parameters"] = step.parameters
    if policy.retry_on is not None:
        config["retry_on"] = policy.retry_on
    return config


def _loop(step: Loop | ParallelProcessing, over: Any) -> dict[str, Any]:
    limit = {"truncates": True} if step.on_limit == "truncate" else {}
    return {"over": over, "most": step.max_iterations, **limit}


def _resources(workflow: Resources | None, step: Resources | None) -> dict[str, Any]:
    both = [part.model_dump(exclude_none=True) for part in (workflow, step) if part is not None]
    return {name: value for part in both for name, value in part.items()}
