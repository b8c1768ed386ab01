"""The kinds of graph steps that any process can run, whatever code it has imported."""

from functools import cache

from perdure.authoring.registry import BodyMaker, Registry
from perdure.kernel.plan import Plan, StepPlan
from perdure.ports.executor import Body

KINDS = (
    *("inference", "data_processing", "data_collection", "aggregation"),
    *("python", "http", "wait", "sleep", "workflow"),
    *("conditional", "loop", "parallel_processing"),
)


def host_graphs(registry: Registry) -> None:
    """Let a registry run the steps of declarative workflows; their code is imported when used."""
    for kind in KINDS:
        registry.add_kind(kind, _make)


def _make(plan: Plan, step: StepPlan) -> Body:
    return _makers()[step.kind](plan, step)


@cache
def _makers() -> dict[str, BodyMaker]:
    from perdure.authoring.functions import load_packs
    from perdure.authoring.graphs.bodies import body_makers  # a script of steps never needs it

    load_packs()
    return body_makers()
