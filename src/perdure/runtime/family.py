"""What steps ask of their runs: the children that they start and see, and why a run fails: the registry and the store behind both."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from perdure.authoring import plans as texts
from perdure.authoring.registry import Registry, Workflow
from perdure.errors import UnknownWorkflowError
from perdure.kernel.brood import unpack_brood
from perdure.kernel.plan import PlanKind
from perdure.ports.executor import ChildWanted
from perdure.ports.rows import RunRow
from perdure.ports.store import Store
from perdure.runtime.plans import Plans
from perdure.wire.encoding import decode


class ChildrenOf:
    """Knows which workflows can be started here, and reads how children stand."""

    def __init__(self, registry: Registry, store: Store, plans: Plans) -> None:
        self._registry = registry
        self._store = store
        self._plans = plans
        self._bodies: dict[str, str] = {}

    def wanted(
        self, workflow: str | type, inputs: Mapping[str, Any], *, priority: int, detached: bool
    ) -> ChildWanted:
        """Return a child to be started. Raises UnknownWorkflowError, InvalidValueError."""
        flow = self._flow(workflow)
        plan, context = flow.opening(inputs)
        if (body := self._bodies.get(plan.hash)) is None:
            body = texts.dump(plan)
            if plan is flow.plan:  # others are of one run
                self._bodies[plan.hash] = body
        return ChildWanted(
            plan=plan, body=body, context=context, priority=priority, detached=detached
        )

    def _flow(self, workflow: str | type) -> Workflow:
        """Return a workflow: one that is hosted here, else the graph of which the store knows last."""
        try:
            return self._registry.named(workflow)
        except UnknownWorkflowError:
            newest = self._store.latest_plan(workflow) if isinstance(workflow, str) else None
            plan = texts.load(newest[1], newest[0]) if newest is not None else None
            if plan is None or plan.kind is not PlanKind.GRAPH:
                raise
            from perdure.authoring.graphs.inputs import beginning  # who has definitions

            return Workflow(plan=plan, begin=beginning(plan))

    def children(self, run: str) -> Sequence[RunRow]:
        """Return the children of the run's brood, in the order they were started."""
        loaded = self._store.load([run]).get(run)
        brood = unpack_brood(loaded.row.brood if loaded is not None else None)
        return self._store.children(run, brood.number) if brood.total else ()

    def child(self, run: str) -> RunRow | None:
        """Return a run by its id; None if there is none."""
        loaded = self._store.load([run]).get(run)
        return loaded.row if loaded is not None else None

    def error(self, run: str) -> str | None:
        """Return why a run fails, as its row has it; None if it does not."""
        loaded = self._store.load([run]).get(run)
        return loaded.row.error if loaded is not None else None

    def result(self, row: RunRow) -> Any:
        """Return a child's context, or the final result of a graph."""
        context = decode(self._store.load([row.id])[row.id].context)
        plan = self._plans.get(row.plan)
        if plan.kind is PlanKind.MACHINE:
            return context
        from perdure.authoring.graphs import final_result  # not needed where there is no graph

        return final_result(plan, partial(self._store.outputs, row.id), context)
