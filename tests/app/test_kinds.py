"""Any process can run the steps of a declarative workflow."""

from perdure.app.kinds import KINDS, host_graphs
from perdure.authoring.graphs.loader import load_definition
from perdure.authoring.registry import Registry

DEFINITION = {
    "name": "kinds",
    "steps": [
        {"id": "ask", "type": "inference", "model": "m", "input": "x"},
        {"id": "call", "type": "data_processing", "function": "clean_text", "input": "x"},
        {"id": "both", "type": "aggregation", "depends_on": ["ask", "call"]},
        {"id": "get", "type": "data_collection", "function": "clean_text", "input": "x"},
        {
            "id": "either",
            "type": "conditional",
            "condition": "true",
            "if_true": {"type": "inference", "model": "m"},
        },
        {
            "id": "each",
            "type": "loop",
            "iterate_over": ["x"],
            "step": {"type": "inference", "model": "m"},
        },
        {"id": "py", "type": "python", "function": "clean_text", "input": "x"},
        {"id": "send", "type": "http", "url": "https://example.org/"},
        {"id": "ok", "type": "wait", "signal": "ok"},
        {"id": "rest", "type": "sleep", "seconds": 1},
        {"id": "other", "type": "workflow", "workflow": "other"},
        {"id": "all", "type": "parallel_processing", "function": "clean_text", "input": ["x"]},
    ],
}


def test_each_kind_of_step_has_a_body_without_its_workflow_being_known():
    registry = Registry()
    host_graphs(registry)
    flow, _ = load_definition(DEFINITION)

    bodies = [registry.body(flow.plan, step) for step in flow.plan.steps]

    assert {step.kind for step in flow.plan.steps} == set(KINDS)
    assert all(bodies)
    assert "" in registry.graph_hosts()
