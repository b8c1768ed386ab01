"""What only a step of some type can have wrong is told with its place."""

import pytest

from perdure.authoring.graphs.validation import examine
from tests.authoring.graphs.support import Echo, define, functions, work_on


def told(step, *more):
    made = examine(define({"id": "s", **step}, *more), functions(), lambda: [Echo("m")])
    return [str(problem) for problem in (*made.errors, *made.warnings)]


def wait(**more):
    return {"type": "wait", **more}


@pytest.mark.parametrize(
    "step",
    [
        wait(signal="s", key="${workflow.input.k}", form={"a": {"type": "string"}}),
        wait(signal="s", timeout=3, on_timeout="continue", default={"a": 1}),
        wait(event="e", entity=5, match={"a": 1}),
        {"type": "sleep", "seconds": 0},
        {"type": "sleep", "seconds": "${workflow.input.n}"},
        {"type": "sleep", "until": "2027-01-01T00:00:00Z"},
        {"type": "http", "url": "${workflow.input.url}", "method": "POST", "body": {}},
        {"type": "workflow", "workflow": "other", "inputs": {"a": "${workflow.input.a}"}},
        {"type": "workflow", "workflow": {"steps": [work_on("a", "${workflow.input.t}")]},
         "inputs": {"t": 1}},
        {"type": "loop", "iterate_over": [1], "timeout": 5,
         "step": wait(signal="s", on_timeout="continue")},
    ],
)  # fmt: skip
def test_a_good_step_has_nothing_wrong(step):
    assert told(step) == []


@pytest.mark.parametrize(
    ("step", "problem"),
    [
        (wait(), "steps[0]: waits for one signal or one event"),
        (wait(signal="s", event="e"), "steps[0]: waits for one signal or one event"),
        (wait(signal="s", entity=3), "steps[0].entity: is nothing for a wait for this signal"),
        (wait(event="e", form={}), "steps[0].form: is nothing for a wait for this event"),
        (wait(signal="s", on_timeout="continue"), "steps[0].on_timeout: there is no timeout"),
        (wait(signal="s", default=1), "steps[0].default: is the result where a wait's time is up"),
        (wait(signal="s", form={"type": "object", "required": 3}), "steps[0].form: is no JSON Sch"),
        (
            wait(signal="s", form={"type": "object", "properties": {"a": {"$ref": "http://x/"}}}),
            "steps[0].form: is no JSON Schema: it refers to 'http://x/'",
        ),
        ({"type": "sleep"}, "steps[0]: sleeps for 'seconds', or 'until' a moment"),
        ({"type": "sleep", "seconds": 1, "until": "x"}, "steps[0]: sleeps for 'seconds', or"),
        ({"type": "sleep", "seconds": -1}, "steps[0].seconds: must be from 0"),
        ({"type": "sleep", "until": "soon"}, "steps[0].until: must be a moment"),
        ({"type": "http", "url": "ftp://x/"}, "steps[0].url: must begin with https://"),
        ({"type": "http", "url": "https://x/", "body": 1}, "steps[0].body: is nothing that a GET"),
        (
            {"type": "workflow", "workflow": {"steps": [work_on("a", "${b.result}")]}},
            "steps[0].workflow.steps[0].input: '${b.result}' refers to unknown step 'b'",
        ),
        ({"type": "workflow", "workflow": {}}, "steps[0].workflow.steps: is needed"),
        (
            {"type": "workflow", "workflow": {"steps": [work_on("a", "${workflow.input.t}")]}},
            "steps[0].inputs: the workflow reads 't', which is not given",
        ),
        (
            {"type": "conditional", "condition": "1 > 2",
             "if_true": {"type": "sleep", "seconds": 1}},
            "steps[0].if_true: the condition is always false, so this step is never run",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(step, problem):
    assert [line[: len(problem)] for line in told(step)] == [problem]


def test_workflows_stand_so_deep_within_each_other():
    inner = {"steps": [work_on("a", "x")]}
    for _ in range(4):
        inner = {"steps": [{"id": "w", "type": "workflow", "workflow": inner}]}

    (line,) = told({"type": "workflow", "workflow": inner})

    assert "3 deep within each other at most" in line


def test_warnings_of_a_workflow_within_are_told_at_its_place():
    inner = {"steps": [{"id": "a", "type": "inference", "model": "gone", "input": "x"}]}

    (line,) = told({"type": "workflow", "workflow": inner})

    assert line.startswith("steps[0].workflow.steps[0].model: no provider here has")
