"""What an execution of a workflow will take and cost, as far as earlier ones tell. S004-08, A004-24."""

from perdure.app.engine import Engine
from perdure.app.figures.estimates import estimate
from perdure.kernel.plan import Plan
from perdure.service.prices import price
from perdure.wire.definitions import WorkflowInfo


def with_estimates(engine: Engine, info: WorkflowInfo, plan: Plan) -> WorkflowInfo:
    """Return what is told of a workflow with estimates beside it; null is what nobody measured."""
    if not plan.steps:
        return info  # they are made when an execution starts
    found = estimate(engine.store, plan, engine.process.clock.now(), price)
    return info.model_copy(
        update={"estimated_cost": found.cost.value, "estimated_duration": found.seconds.value}
    )
