"""Dynamic definitions: each run has the steps that a generator made of its inputs."""

import pytest

from perdure.authoring import generators
from perdure.authoring.graphs.dynamic import is_dynamic, read_dynamic, workflow_of
from perdure.authoring.graphs.failures import GeneratorFailedError, GeneratorUnavailableError
from perdure.authoring.graphs.loader import check_definition, load_definition
from perdure.errors import InvalidDefinitionError, InvalidValueError
from perdure.wire.encoding import decode
from tests.authoring.graphs.support import functions, work_on

PRINTED = {
    "name": "Dynamic Document Processing",
    "generator_function": "generate_steps_for_documents",
    "input_schema": {
        "documents": {"type": "array", "items": {"type": "string"}},
        "analysis_types": {"type": "array", "items": {"type": "string"}},
    },
}
"""Document 004's dynamic workflow, as printed."""

GIVEN = {"documents": ["a", "b"], "analysis_types": ["x"]}


def steps(inputs):
    return [work_on(f"d{n}", text) for n, text in enumerate(inputs["documents"])]


def flow_of(generator=None, data=PRINTED):
    known = {"generate_steps_for_documents": generator} if generator else {}
    dynamic, _ = read_dynamic(data, known=known)
    load = lambda made: load_definition(made, functions=functions(), providers=[])[0]  # noqa: E731
    return workflow_of(dynamic, load, known=known)


def refusal(data):
    with pytest.raises(InvalidDefinitionError) as raised:
        read_dynamic(data, known={})
    return {problem.path: str(problem) for problem in raised.value.problems}


def test_the_printed_definition_is_taken_with_a_warning_of_its_generator(monkeypatch):
    """S004-48, A004-45: a bare map of properties is a schema, an unknown generator a warning."""
    monkeypatch.setattr(generators, "_declared", {})
    _, warnings = read_dynamic(PRINTED, known={})
    flow, same = load_definition(PRINTED)

    assert [problem.path for problem in warnings] == ["generator_function"]
    assert same == check_definition(PRINTED)
    assert same == warnings
    assert flow.takes == {"documents", "analysis_types"}


def test_each_run_has_a_plan_that_was_made_of_its_inputs():
    """A004-32: the generator is called once for a run, and its output is what the run keeps."""
    calls = []

    def counted(inputs):
        calls.append(inputs)
        return steps(inputs)

    flow = flow_of(counted)

    plan, context = flow.opening(GIVEN)

    assert [step.name for step in plan.steps] == ["d0", "d1"]
    assert plan.workflow == flow.name
    assert decode(context) == GIVEN
    assert calls == [GIVEN]


def test_a_generator_may_also_say_what_else_a_definition_says():
    flow = flow_of(lambda inputs: {"steps": steps(inputs), "output": "${d1.result}"})

    assert flow.opening(GIVEN)[0].output == '"${d1.result}"'


def test_what_the_definition_says_holds_for_the_steps():
    data = {**PRINTED, "max_parallel_steps": 2, "version": "7", "timeout": 60}

    plan, _ = flow_of(steps, data).opening(GIVEN)

    assert (plan.max_parallel, plan.version, plan.deadline) == (2, "7", 60)


def test_a_generator_that_is_not_there_is_told_when_a_run_is_to_begin():
    """A004-45."""
    with pytest.raises(GeneratorUnavailableError, match="no generator 'generate_steps_for") as got:
        flow_of().opening(GIVEN)

    assert got.value.kind == "generator_unavailable"


def test_inputs_are_checked_before_the_generator_is_asked():
    def never(inputs):
        raise AssertionError(inputs)

    with pytest.raises(InvalidValueError, match="documents"):
        flow_of(never).opening({"documents": "a"})


@pytest.mark.parametrize(
    ("made", "said"),
    [
        ("steps", "returned str, not a list"),
        (None, "returned NoneType"),
        ({"steps": [], "name": "other"}, "with 'name'"),
    ],
)
def test_what_a_generator_returns_must_be_steps(made, said):
    with pytest.raises(GeneratorFailedError, match=said):
        flow_of(lambda inputs: made).opening(GIVEN)


def test_what_a_generator_raises_is_told():
    with pytest.raises(GeneratorFailedError, match="raised ZeroDivisionError"):
        flow_of(lambda inputs: 1 // 0).opening(GIVEN)


def test_steps_that_are_no_good_are_refused_with_their_places():
    with pytest.raises(InvalidDefinitionError) as raised:
        flow_of(lambda inputs: [{"id": "a", "type": "gone"}]).opening(GIVEN)

    assert [problem.path for problem in raised.value.problems] == ["steps[0].type"]


def test_a_generator_changes_no_inputs():
    plan_inputs = {"documents": ["a"], "analysis_types": []}

    def greedy(inputs):
        made = steps(inputs)
        inputs["documents"].clear()
        return made

    _, context = flow_of(greedy).opening(plan_inputs)

    assert decode(context) == plan_inputs


@pytest.mark.parametrize(
    ("data", "path", "said"),
    [
        ({**PRINTED, "name": " "}, "name", "is needed"),
        ({**PRINTED, "generator_function": 3}, "generator_function", "must be text"),
        ({**PRINTED, "version": 3}, "version", "must be text"),
        ({**PRINTED, "steps": []}, "steps", "what the generator returns"),
        ({**PRINTED, "generator": "x"}, "generator", "Did you mean 'generator_function'"),
        ({**PRINTED, "input_schema": []}, "input_schema", "must be an object"),
        ({**PRINTED, "input_schema": {"a": {"type": "x"}}}, "input_schema.a.type", "is no type"),
        ([], "", "must be an object"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(data, path, said):
    assert said in refusal(data)[path]


def test_a_dynamic_definition_is_told_from_one_with_steps():
    assert is_dynamic(PRINTED)
    assert not is_dynamic({"steps": []})
    assert not is_dynamic(["generator_function"])


def test_problems_of_a_dynamic_definition_are_listed_like_others():
    assert [each.path for each in check_definition({**PRINTED, "steps": []})] == ["steps"]
