"""Templates make definitions: parameters are checked, filled in with their types, and stay data."""

import pytest

from perdure.authoring.graphs.loader import load_definition
from perdure.authoring.graphs.templates import MAX_PARAMETERS, instantiate, load_template
from perdure.errors import InvalidDefinitionError
from tests.authoring.graphs.support import Echo, functions, work_on

PRINTED = {
    "name": "Text Analysis Template",
    "parameters": [
        {"name": "input_model", "type": "string", "default": "gpt-3.5-turbo"},
        {"name": "max_tokens", "type": "integer", "default": 150},
        {"name": "analysis_depth", "type": "string", "enum": ["basic", "detailed"]},
    ],
    "steps_template": [
        {
            "id": "analyze",
            "type": "inference",
            "model": "${template.input_model}",
            "parameters": {"max_tokens": "${template.max_tokens}"},
        }
    ],
}
"""Document 004's template, as printed."""


def loaded(data):
    return load_template(data, functions=functions(), providers=[Echo("m")])


def template(*parameters, steps=None, **more):
    steps = steps or [work_on("a", "${template.x}")]
    data = {"name": "t", "parameters": list(parameters), "steps_template": steps, **more}
    return loaded(data)[0]


def text(**more):
    return {"name": "x", "type": "string", **more}


def refusal(data):
    with pytest.raises(InvalidDefinitionError) as raised:
        loaded(data)
    return {problem.path: str(problem) for problem in raised.value.problems}


def wrong(made, parameters):
    with pytest.raises(InvalidDefinitionError) as raised:
        instantiate(made, parameters)
    return [str(problem) for problem in raised.value.problems]


def step_of(made, **parameters):
    return instantiate(made, parameters)["steps"][0]


def test_the_printed_template_makes_a_definition_that_can_be_loaded():
    """S004-45, S004-49, A004-33."""
    made, warnings = loaded(PRINTED)

    definition = instantiate(made, {"analysis_depth": "basic", "max_tokens": 200}, name="Mine")

    assert definition == {
        "name": "Mine",
        "steps": [
            {
                "id": "analyze",
                "type": "inference",
                "model": "gpt-3.5-turbo",
                "parameters": {"max_tokens": 200},
            }
        ],
    }
    assert load_definition(definition, functions=functions(), providers=[])[0].name == "Mine"
    assert made.needed == ("analysis_depth",)
    assert [problem.path for problem in warnings] == ["parameters", "steps_template[0].model"]


def test_parameters_are_checked_by_type_and_enum():
    """S004-50."""
    made = loaded(PRINTED)[0]

    said = wrong(made, {"max_tokens": "many", "analysis_depth": "deep"})
    assert "parameters.max_tokens: must be integer, not string." in said
    assert 'parameters.analysis_depth: must be one of "basic", "detailed".' in said
    assert wrong(made, {}) == ["parameters.analysis_depth: is needed."]
    assert wrong(made, {"analysis_depth": "basic", "max_tokns": 1}) == [
        "parameters.max_tokns: is no parameter of the template. Did you mean 'max_tokens'?"
    ]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("integer", 3),
        ("number", 0.5),
        ("boolean", True),
        ("array", [1, {"a": "b"}]),
        ("object", {"a": [None]}),
    ],
)
def test_a_string_that_is_one_parameter_keeps_its_type(kind, value):
    made = template(text(type=kind), steps=[work_on("a", "${template.x}")])

    assert step_of(made, x=value)["input"] == value


def test_within_text_a_parameter_is_rendered_and_other_references_stay():
    made = template(
        text(type="object"),
        steps=[work_on("a", "$${a} of ${workflow.input.t}: ${template.x} ${template.x.n[0]}")],
    )

    said = step_of(made, x={"n": ["one"]})["input"]

    assert said == '$${a} of ${workflow.input.t}: {"n":["one"]} one'


def test_what_a_value_holds_is_no_reference():
    made = template(text())

    assert step_of(made, x="${workflow.input.key}")["input"] == "$${workflow.input.key}"


def test_any_field_of_a_definition_may_be_a_parameter():
    made = template(
        text(type="integer"),
        steps=[work_on("a", "hello", timeout="${template.x}")],
        max_parallel_steps="${template.x}",
    )

    definition = instantiate(made, {"x": 4})

    assert definition["max_parallel_steps"] == 4
    assert definition["steps"][0]["timeout"] == 4


def test_in_a_condition_a_parameter_stands_for_its_value():
    """It is never read as CEL, whatever it holds."""
    step = {
        "id": "c",
        "type": "conditional",
        "condition": "${workflow.input.t} == ${template.x} || ${template.n} > 1",
        "if_true": {"type": "data_processing", "function": "test_shout", "input": "${template.x}"},
    }
    made = template(text(), text(name="n", type="integer"), steps=[step])

    definition = instantiate(made, {"x": "' || true || '${a}", "n": 2})

    assert definition["steps"][0]["condition"] == (
        r"""${workflow.input.t} == "' || true || '$\u007ba}" || 2 > 1"""
    )
    load_definition(definition, functions=functions(), providers=[])


def test_a_path_that_a_value_does_not_have_is_told():
    made = template(text(type="object"), steps=[work_on("a", "${template.x.gone}")])

    assert "there is no field 'gone'" in wrong(made, {"x": {"here": 1}})[0]


def test_what_the_parameters_come_to_is_bounded():
    made = template(text(), steps=[work_on(f"s{n}", "${template.x}") for n in range(30)])

    assert "more than" in wrong(made, {"x": "x" * 100_000})[0]


def test_parameters_that_cannot_be_kept_are_refused():
    said = wrong(template(text(type="number")), {"x": float("nan")})

    assert said == ["parameters.x: nan is not a JSON number."]


@pytest.mark.parametrize(
    ("parameter", "path", "said"),
    [
        ("x", "parameters[0]", "must be an object"),
        ({"type": "string"}, "parameters[0].name", "must be a name"),
        (text(type="text"), "parameters[0].type", "is no type"),
        (text(kind="string"), "parameters[0].kind", "is no field of a parameter"),
        (text(default=3), "parameters[0].default", "must be string"),
        (text(enum=[]), "parameters[0].enum", "must be a list"),
        (text(enum=["a", 2]), "parameters[0].enum[1]", "must be string"),
        (text(enum=["a"], default="b"), "parameters[0].default", "must be one of"),
    ],
)
def test_what_is_wrong_with_a_parameter_is_told_with_its_place(parameter, path, said):
    data = {**PRINTED, "parameters": [parameter], "steps_template": [work_on("a", "b")]}

    assert said in refusal(data)[path]


@pytest.mark.parametrize(
    ("more", "path", "said"),
    [
        ({"parameters": {}}, "parameters", "must be a list"),
        ({"parameters": [text()] * (MAX_PARAMETERS + 1)}, "parameters", "at most 200"),
        ({"parameters": [text(), text()]}, "parameters[1].name", "already"),
        ({"name": ""}, "name", "is needed"),
        ({"steps_template": None}, "steps_template", "is needed"),
        ({"steps": []}, "steps", "'steps_template'"),
        ({"retries": 1}, "retries", "is no field of a template"),
        ({"steps_template": [work_on("a", "${template.y}")]}, "steps_template[0].input", "'y'"),
    ],
)
def test_what_is_wrong_with_a_template_is_told_with_its_place(more, path, said):
    data = {"name": "t", "parameters": [text(default="b")], "steps_template": [work_on("a", "b")]}

    assert said in refusal({**data, **more})[path]


def test_a_reference_where_nothing_is_declared_says_so():
    said = refusal({"name": "t", "steps_template": [work_on("a", "${template.y}")]})

    assert "It declares none" in said["steps_template[0].input"]


def test_what_is_no_object_is_no_template():
    assert "must be an object" in refusal([])[""]


def test_the_definition_that_the_defaults_make_is_examined():
    """S004-49: what is wrong with the steps is told when the template is made, at its place."""
    data = {
        "name": "t",
        "parameters": [text(default="b")],
        "steps_template": [work_on("a", "${template.x}", depends_on=["gone"])],
        "output": "${gone.result}",
    }

    assert set(refusal(data)) == {"steps_template[0].depends_on[0]", "output"}


def test_without_values_for_a_sample_only_references_are_looked_at():
    data = {
        "name": "t",
        "parameters": [text()],
        "steps_template": [work_on("a", "${template.x}", function="${template.x}")],
    }

    made, warnings = loaded(data)

    assert warnings == ()
    assert instantiate(made, {"x": "test_shout"})["steps"][0]["function"] == "test_shout"


def test_a_reference_that_cannot_be_read_is_left_for_who_examines_the_definition():
    step = {
        "id": "c",
        "type": "conditional",
        "condition": "${a b} == ${template.x}",
        "if_true": work_on("d", "${a b} ${template.x}"),
    }
    made = template(text(), steps=[step])

    said = step_of(made, x="v")

    assert said["condition"] == step["condition"]
    assert said["if_true"]["input"] == "${a b} ${template.x}"
