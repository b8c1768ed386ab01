"""Everything that is wrong with a definition is told at once."""

import pytest

from perdure.authoring.graphs.validation import examine
from tests.authoring.graphs.support import Echo, ask, define, functions, gather, work_on


def examined(data, *providers):
    return examine(data, functions(), lambda: providers)


def errors(data):
    return [str(problem) for problem in examined(data, Echo("m")).errors]


def test_a_definition_without_errors_comes_with_its_links():
    made = examined(define(ask("a"), gather("b", depends_on=["a"])), Echo("m"))

    assert (made.errors, made.warnings) == ((), ())
    assert made.definition.name == "sample"
    assert made.links.explicit == [[], [0]]


@pytest.mark.parametrize("data", [None, [], "x", 3])
def test_only_an_object_is_a_definition(data):
    made = examined(data)

    assert made.definition is None
    assert [str(problem) for problem in made.errors] == [
        ('a definition must be an object. Write {"name": ..., "steps": [...]}')
    ]


def test_problems_of_every_sort_are_told_together():
    """One mistake hides no other, and they come in the order of the document."""
    told = errors(
        define(
            work_on("a", "${workflow.input.x}", "test_shuot"),
            ask("b", "${aa.result}", inptu=1, depends_on=["c"]),
            ask("b", "${c.result}"),
            ask("c", "${b.result}", timeout=-1),
            {"id": "d", "type": "infrence"},
            gather("loop"),
            verison="1",
            input_schema={"x": {"type": "txt"}},
            error_handling={"fallback_models": {"a": "a"}},
        )
    )

    assert [line.partition(":")[0] for line in told] == [
        "verison",
        "error_handling.fallback_models.a",
        "input_schema.x.type",
        "steps[0].function",
        "steps[1].inptu",
        "steps[1].input",
        "steps[2].id",
        "steps[3].timeout",
        "steps[3].input",
        "steps[4].type",
        "steps[5].id",
        "steps[5]",
    ]


def test_an_unknown_function_is_told_with_the_nearest():
    assert errors(define(work_on("a", "x", "test_shuot"))) == [
        "steps[0].function: there is no function 'test_shuot'. Did you mean 'test_shout'?"
    ]


@pytest.mark.parametrize(
    ("parameters", "problem"),
    [
        ({"tims": 2}, "steps[0].parameters.tims: is no parameter of this function."),
        ({"times": "2"}, "steps[0].parameters.times: input should be a valid integer"),
        ({"times": True}, "steps[0].parameters.times: input should be a valid integer"),
    ],
)
def test_parameters_that_a_function_does_not_take_are_told(parameters, problem):
    (told,) = errors(define(work_on("a", "x", parameters=parameters)))

    assert told.startswith(problem)


def test_parameters_with_references_are_looked_at_when_they_are_known():
    made = define(
        work_on("a", "x", parameters={"times": "${workflow.input.n}", "mark": ["${"]}),
        work_on("b", "x", parameters=3),
    )

    assert [line.partition(":")[0] for line in errors(made)] == [
        "steps[0].parameters.mark[0]",
        "steps[1].parameters",
    ]


@pytest.mark.parametrize("function", ["", 3, None, "${template.f}"])
def test_what_is_no_name_of_a_function_is_not_looked_up(function):
    told = errors(define(work_on("a", "x", function)))

    assert len(told) == 1
    assert "there is no function" not in told[0]


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        (
            {},
            (
                'steps[1]: this aggregation has nothing to collect. Write "inputs": '
                '{"name": "${STEP.result}"} or "depends_on": ["STEP"]'
            ),
        ),
        (
            {"depends_on": ["a"], "parameters": {"x": 1}},
            (
                "steps[1].parameters: there is no function that takes them. "
                "Name one under 'function'"
            ),
        ),
    ],
)
def test_an_aggregation_that_makes_no_sense_is_told(more, problem):
    assert errors(define(ask("a"), gather("b", **more))) == [problem]


@pytest.mark.parametrize(
    "more",
    [{"depends_on": ["a"]}, {"inputs": {"x": "${a.result}"}}, {"inputs": {}}],
)
def test_an_aggregation_needs_no_function(more):
    """S004-33."""
    assert errors(define(ask("a"), gather("b", **more))) == []


def test_an_unknown_model_is_a_warning_and_never_an_error():
    """A004-50."""
    made = examined(define(ask("a", model="scibert")), Echo("m"))

    assert made.definition is not None
    assert [(str(problem), problem.severity) for problem in made.warnings] == [
        (
            (
                "steps[0].model: no provider here has the model 'scibert'. The step will fail as "
                "model_unavailable. Name another under 'fallback_models'"
            ),
            "warning",
        )
    ]


def test_a_warning_says_which_model_will_answer():
    handling = {"fallback_models": {"gpt-4": "gpt-3.5", "gpt-3.5": "m"}}
    made = examined(define(ask("a", model="gpt-4"), error_handling=handling), Echo("m"))

    assert [str(problem) for problem in made.warnings] == [
        (
            "steps[0].model: no provider here has the model 'gpt-4'. "
            "'m' will answer in its place, by 'fallback_models'"
        )
    ]


def test_each_model_is_asked_for_once():
    class Counting(Echo):
        asked = 0

        def serves(self, model):
            Counting.asked += 1
            return super().serves(model)

    examined(define(*(ask(f"s{number}") for number in range(50))), Counting("m"))

    assert Counting.asked == 1


def test_without_an_inference_no_provider_is_asked_for():
    def providers():
        raise AssertionError

    made = examine(define(work_on("a", "x")), functions(), providers)

    assert made.definition is not None


@pytest.mark.parametrize(
    ("step", "problem"),
    [
        (
            work_on("a", 5, "test_shout"),
            "steps[0].input: cannot be used: input should be a valid string.",
        ),
        (
            {"id": "a", "type": "aggregation", "function": "test_shout", "inputs": {"x": 1}},
            "steps[0].function: cannot take them: input should be a valid string. An aggregation",
        ),
    ],
)
def test_an_input_that_a_function_cannot_take_is_told(step, problem):
    (told,) = errors(define(step))

    assert told.startswith(problem)


def test_an_input_that_is_known_later_is_not_looked_at():
    assert errors(define(work_on("a", "${workflow.input.x}", "test_shout"))) == []
