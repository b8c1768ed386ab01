"""Wrong shapes are told in our words, each with its place and what to write."""

import pytest

from perdure.authoring.graphs.findings import Findings
from perdure.authoring.graphs.shape import check_shape
from tests.authoring.graphs.support import ask, define, gather, work_on


def problems(data):
    findings = Findings()
    assert check_shape(data, findings) is None
    return [str(problem) for problem in findings.errors]


def test_a_good_definition_comes_back():
    findings = Findings()

    definition = check_shape(define(ask("a")), findings)

    assert definition.steps[0].id == "a"
    assert findings.errors == []


@pytest.mark.parametrize(
    ("step", "problem"),
    [
        (
            ask("a", inptu="x"),
            "steps[0].inptu: is no field of a step of type 'inference'. Did you mean 'input'?",
        ),
        (
            ask("a", function="f"),
            (
                "steps[0].function: is no field of a step of type 'inference'. "
                "It belongs to the type data_processing or data_collection or aggregation or python or parallel_processing"
            ),
        ),
        (
            {"id": "a", "type": "inferense"},
            "steps[0].type: 'inferense' is no type of step. Did you mean 'inference'?",
        ),
        (
            {"id": "a", "type": "task"},
            (
                "steps[0].type: steps of type 'task' cannot be run by this version. "
                "There are: inference, data_processing, data_collection, aggregation, python, http, wait, sleep, workflow, conditional, loop, parallel_processing"
            ),
        ),
        (
            {"id": "a", "type": ["x"]},
            (
                "steps[0].type: a list is no type of step. "
                "There are: inference, data_processing, data_collection, aggregation, python, http, wait, sleep, workflow, conditional, loop, parallel_processing"
            ),
        ),
        (
            {"id": "a"},
            "steps[0].type: is needed. There are: inference, data_processing, data_collection, aggregation, python, http, wait, sleep, workflow, conditional, loop, parallel_processing",
        ),
        ("a", "steps[0]: must be an object, not 'a'."),
        (None, "steps[0]: must be an object, not null."),
        (ask("a", timeout=0), "steps[0].timeout: must be more than 0, not 0."),
        (ask("a", timeout=1e300), "steps[0].timeout: must be at most 31,622,400, not 1e+300."),
        (ask("a", timeout=True), "steps[0].timeout: must be a number, not true."),
        (
            ask("a", timeout="5m"),
            (
                "steps[0].timeout: must be a number, not '5m'. "
                "Write seconds, as a number without quotes, such as 300"
            ),
        ),
        (
            ask("a", depends_on="b"),
            "steps[0].depends_on: must be a list, not 'b'. Write ['b']",
        ),
        (
            ask("two words"),
            (
                "steps[0].id: 'two words' is no id. "
                "Use letters, digits, '_' and '-', and begin with a letter or '_'"
            ),
        ),
        (ask("x" * 101), f"steps[0].id: must have at most 100 characters, not '{'x' * 57}...'."),
        (ask("a", parameters=[]), "steps[0].parameters: must be an object, not an empty list."),
        (ask("a", model=""), "steps[0].model: must not be empty, not ''."),
        (ask("a", model=3), 'steps[0].model: must be text, not 3. Put it in quotes: "3"'),
        (ask("a", model=None), "steps[0].model: must be text, not null."),
        (ask("a", model={}), "steps[0].model: must be text, not an object."),
        (ask("a", model=[1]), "steps[0].model: must be text, not a list."),
        (
            {"id": "a", "type": "data_processing", "function": "f"},
            (
                'steps[0].input: is needed. Write "input": "${workflow.input.NAME}" '
                'or "${STEP.result}"'
            ),
        ),
        (
            {"id": "a", "type": "inference"},
            "steps[0].model: is needed.",
        ),
        (gather("a", inputs=["x"]), "steps[0].inputs: must be an object, not a list."),
        (
            ask("a", error_handling={"retry_policy": {"max_retires": 1}}),
            (
                "steps[0].error_handling.retry_policy.max_retires: is no field of 'retry_policy'. "
                "Did you mean 'max_retries'?"
            ),
        ),
        (
            work_on("a", "x", resource_requirements={"cpu": 4}),
            (
                "steps[0].resource_requirements.cpu: is no field of 'resource_requirements'. "
                "It has: cpu_cores, ram_gb, gpu_required"
            ),
        ),
    ],
)
def test_a_step_of_wrong_shape_is_told(step, problem):
    assert problems(define(step)) == [problem]


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"verison": "1"}, "verison: is no field of a definition. Did you mean 'version'?"),
        ({"name": " "}, "name: must be readable: no blank name, no control characters."),
        ({"name": "a\nb"}, "name: must be readable: no blank name, no control characters."),
        ({"name": 7}, 'name: must be text, not 7. Put it in quotes: "7"'),
        (
            {"name": 10**40},
            f"name: must be text, not {str(10**40)[:27]}....",
        ),
        ({"version": 1.5}, 'version: must be text, not 1.5. Put it in quotes: "1.5"'),
        ({"steps": {}}, "steps: must be a list, not an object."),
        ({"steps": []}, "steps: must not be empty, not an empty list."),
        (
            {"max_parallel_steps": 2.5},
            "max_parallel_steps: must be a whole number, not 2.5.",
        ),
        ({"max_parallel_steps": True}, "max_parallel_steps: must be a whole number, not true."),
        (
            {"error_handling": {"max_retries": -1}},
            "error_handling.max_retries: must be at least 0, not -1.",
        ),
        (
            {"error_handling": {"fallback_models": {"a": 1}}},
            'error_handling.fallback_models.a: must be text, not 1. Put it in quotes: "1"',
        ),
        (
            {"error_handling": {"fallback_models": {"": "b"}}},
            "error_handling.fallback_models[\"\"]: must not be empty, not ''.",
        ),
        (
            {"error_handling": {"retry_policy": {"retry_on_errors": ["tiemout"]}}},
            (
                "error_handling.retry_policy.retry_on_errors[0]: must be one of 'timeout', "
                "'rate_limit', 'temporary_failure', 'model_unavailable' or 'error', not 'tiemout'. "
                "Did you mean 'timeout'?"
            ),
        ),
        (
            {"resource_requirements": {"cpu_cores": "4"}},
            "resource_requirements.cpu_cores: must be a number, not '4'.",
        ),
        (
            {"resource_requirements": {"gpu_required": 1}},
            "resource_requirements.gpu_required: must be true or false, not 1.",
        ),
        ({"id": "wf_1"}, "id: is no field of a definition."),
    ],
)
def test_a_definition_of_wrong_shape_is_told(more, problem):
    told = problems({**define(ask("a")), **more})

    assert len(told) == 1
    assert told[0].startswith(problem)


def test_what_is_missing_is_told():
    assert problems({}) == [
        "name: is needed.",
        'steps: is needed. Write "steps": [{"id": ..., "type": ...}, ...]',
    ]


def test_more_than_1000_steps_are_refused_and_the_first_1000_examined():
    steps = [ask(f"s{number}") for number in range(1_000)]
    told = problems(define(*steps[:-1], ask("bad", timeout=-1), {"no": "step"}))

    assert told == [
        (
            "steps: has 1,001 steps, more than 1,000. "
            "Split the workflow, or let a function handle many items"
        ),
        "steps[999].timeout: must be more than 0, not -1.",
    ]


def test_a_number_must_be_finite():
    assert problems({**define(ask("a")), "timeout": float("nan")}) == [
        "timeout: must be a finite number, not nan."
    ]


def test_an_error_without_words_of_ours_is_told_in_the_validators():
    """So that a new limit in the models cannot go untold."""
    (told,) = problems({**define(ask("a")), "name": "\ud800"})

    assert told.startswith("name: Input should be a valid string, unable to parse raw data")


def test_what_is_wrong_inside_of_a_branch_has_its_place():
    inner = {"type": "inference", "model": 3, "functio": "x"}
    step = {"id": "c", "type": "conditional", "condition": "", "if_true": inner, "if_false": 4}

    assert problems(define(step)) == [
        "steps[0].condition: must not be empty, not ''.",
        'steps[0].if_true.model: must be text, not 3. Put it in quotes: "3"',
        (
            "steps[0].if_true.functio: is no field of a step of type 'inference'. "
            "It has: id, description, depends_on, timeout, parallel_group, error_handling, "
            "continue_on_error, resource_requirements, queue, declassify, parameters, type, "
            "model, input"
        ),
        "steps[0].if_false: must be an object, not 4.",
    ]
