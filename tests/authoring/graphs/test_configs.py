"""What the body of each kind of step reads."""

import pytest

from perdure.authoring.graphs.configs import Said, config_of
from perdure.authoring.graphs.handling import Handling
from perdure.authoring.graphs.models import STEP_MODELS
from perdure.kernel.plan import Plan, PlanKind

CHILD = Plan(workflow="child", kind=PlanKind.GRAPH, hash="plan_1")


def config(kind, *, timeout=None, **said):
    step = STEP_MODELS[kind].model_validate({"id": "s", "type": kind, **said})
    asked = []

    def inline(data):
        asked.append(data)
        return CHILD

    holds = Said(policy=Handling(fallbacks={}), timeout=timeout, title="w/s", inline=inline)
    made = config_of(step, holds)
    return (made, asked) if asked else made


@pytest.mark.parametrize(
    ("kind", "said", "read"),
    [
        ("python", {"function": "f"}, {"function": "f", "input": None, "gives_key": True}),
        ("http", {"url": "https://x/"}, {"url": "https://x/"}),
        (
            "http",
            {"url": "https://x/", "method": "POST", "body": 0, "accept_status": [404]},
            {"url": "https://x/", "method": "POST", "body": 0, "accept_status": [404]},
        ),
        ("sleep", {"seconds": 0}, {"seconds": 0}),
        (
            "wait",
            {"signal": "s", "form": {"a": {}}, "on_timeout": "continue"},
            {
                "waits_for": "signal", "name": "s", "key": None, "goes_on": True, "default": None,
                "accepts": '{"type":"object","properties":{"a":{}},"required":["a"]}',
            },
        ),
        (
            "wait",
            {"event": "e", "entity": 5},
            {"waits_for": "event", "name": "e", "key": 5, "match": None},
        ),
        ("workflow", {"workflow": "w"}, {"workflow": "w", "inputs": {}}),
    ],
)  # fmt: skip
def test_a_step_says_what_its_body_reads(kind, said, read):
    assert config(kind, **said) == read


def test_the_time_of_a_step_is_that_of_a_request_a_wait_or_a_run():
    for kind, said in (
        ("http", {"url": "https://x/"}),
        ("wait", {"signal": "s"}),
        ("workflow", {"workflow": "w"}),
    ):
        assert config(kind, timeout=9.0, **said)["timeout"] == 9.0


def test_a_workflow_that_is_written_within_is_compiled_under_its_title():
    made, asked = config("workflow", workflow={"steps": []})

    assert (made["workflow"], made["plan"][0]) == ("child", "plan_1")
    assert asked == [{"name": "w/s", "steps": []}]


def test_what_stands_in_a_conditional_item_of_a_loop_is_told_with_it():
    branch = {"type": "sleep", "seconds": 1}
    step = {"type": "conditional", "condition": "true", "if_true": branch}

    made = config("loop", iterate_over=[1], step=step)

    assert made["step"] == {
        "kind": "conditional",
        "condition": "true",
        "branches": {"if_true": {"kind": "sleep", "seconds": 1}},
    }
