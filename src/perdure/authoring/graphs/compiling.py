"""A definition that was examined becomes a plan."""

from collections.abc import Iterator
from typing import Any

from perdure.authoring.functions import FunctionRegistry
from perdure.authoring.graphs.configs import Inline, Said, config_of
from perdure.authoring.graphs.handling import handling
from perdure.authoring.graphs.inputs import full_schema
from perdure.authoring.graphs.links import Links
from perdure.authoring.graphs.models import (
    AT_A_TIME,
    MAX_ITEMS,
    MAX_OUTER,
    RESTING,
    Aggregation,
    Conditional,
    Definition,
    Loop,
    ParallelProcessing,
    Placed,
    Resources,
    Step,
    Wait,
    branch_name,
    branches_of,
    inner_steps,
    placed,
)
from perdure.authoring.offered import host_of
from perdure.authoring.plans import seal
from perdure.kernel.plan import Plan, PlanKind, StepPlan
from perdure.wire.encoding import encode


def compile_definition(
    definition: Definition,
    links: Links,
    functions: FunctionRegistry,
    inline: Inline | None = None,
) -> Plan:
    """Return the sealed plan of a definition without errors. The same text, the same hash.

    `inline` is needed where a definition is written within it.
    """
    return seal(
        Plan(
            workflow=definition.name,
            version=definition.version,
            kind=PlanKind.GRAPH,
            steps=_Compiling(definition, links, functions, inline).steps(),
            max_parallel=definition.max_parallel_steps,
            deadline=definition.timeout,
            schema=encode(full_schema(definition.input_schema, links.reads)),
            output=encode(definition.output) if definition.output is not None else "",
        )
    )


class _Compiling:
    """One definition on its way to a plan: its steps by number, each followed by its branches."""

    def __init__(
        self,
        definition: Definition,
        links: Links,
        functions: FunctionRegistry,
        inline: Inline | None,
    ) -> None:
        self._inline = inline
        self._definition = definition
        self._links = links
        self._functions = functions
        self._placed = list(placed(definition))

    def steps(self) -> tuple[StepPlan, ...]:
        return tuple(self._step(number, entry) for number, entry in enumerate(self._placed))

    def _step(self, number: int, entry: Placed) -> StepPlan:
        step, definition = entry.step, self._definition
        said = self._said(entry)
        policy, timeout = said.policy, said.timeout
        config = config_of(step, said)
        branches: list[str] = []
        if isinstance(step, Conditional):
            names = {
                field: inner.id or branch_name(entry.name, field)
                for field, inner in branches_of(step)
            }
            config["branches"] = names
            branches = list(names.values())
        if isinstance(step, Aggregation) and step.inputs is None:
            config["collects"] = self._names(self._links.explicit[number])
        loops = list(_loops(step))
        windows = [self._window(loop, is_last=loop is loops[-1]) for loop in loops]
        collecting = [loop.on_item_error == "collect" for loop in loops]
        doing: list[Step] = list(inner_steps(step.step)) if isinstance(step, Loop) else [step]
        rests = any(isinstance(each, RESTING) for each in doing)
        needed = _resources(definition.resource_requirements, entry.said("resource_requirements"))
        if needed:
            config["resources"] = needed
        if entry.said("declassify"):
            config["declassify"] = True
        return StepPlan(
            name=entry.name,
            kind=step.type,
            needs=tuple(self._names(sorted(self._links.needs[number]))),
            retry=policy.retry,
            timeout=None if rests else timeout,
            queue=entry.said("queue") or definition.queue,
            continue_on_error=bool(entry.said("continue_on_error")),
            group=entry.said("parallel_group"),
            config=encode(config),
            host=self._host(doing),
            coming=tuple(
                {each.signal: None for each in doing if isinstance(each, Wait) and each.signal}
            ),
            branches=tuple(branches),
            window=windows[0] if windows else 0,
            collects=bool(collecting and collecting[0]),
            windows=tuple(windows[1:]),
            collecting=tuple(collecting[1:]),
            within=entry.around.name if entry.around is not None else None,
            rests=rests,
        )

    def _host(self, doing: list[Step]) -> str:
        """Return what only some processes have and the step needs: a function of somebody's own."""
        named = (getattr(each, "function", None) for each in doing)
        owned = (
            name for name in named if name is not None and not self._functions.get(name).is_built_in
        )
        return next((host_of(name) for name in owned), "")

    def _said(self, entry: Placed) -> Said:
        """Return what holds for a step, whoever says it."""
        definition = self._definition
        return Said(
            policy=handling(definition.error_handling, entry.said("error_handling")),
            timeout=entry.said("timeout"),
            title=f"{definition.name}/{entry.name}",
            inline=self._inline,
            budget=definition.budget,
        )

    def _window(self, loop: Loop | ParallelProcessing, *, is_last: bool) -> int:
        """Return how many items of a loop are open at a time."""
        if not loop.parallel:
            return 1
        most = self._definition.max_parallel_steps or MAX_ITEMS
        return min(loop.max_parallel or AT_A_TIME, most, MAX_ITEMS if is_last else MAX_OUTER)

    def _names(self, numbers: list[int]) -> list[str]:
        return [self._placed[other].name for other in numbers]


def _loops(step: Step) -> Iterator[Loop | ParallelProcessing]:
    """Yield a loop, the loop that its items are, and so on."""
    if isinstance(step, Loop | ParallelProcessing):
        yield step
    if isinstance(step, Loop):
        yield from _loops(step.step)


def _resources(workflow: Resources | None, step: Resources | None) -> dict[str, Any]:
    both = [part.model_dump(exclude_none=True) for part in (workflow, step) if part is not None]
    return {name: value for part in both for name, value in part.items()}
