"""A run's inputs: declared or read, checked at start, all that is wrong at once."""

import pytest

from perdure.authoring.graphs.findings import Findings
from perdure.authoring.graphs.inputs import beginning, check_schema, declared, full_schema
from perdure.errors import InvalidValueError
from perdure.wire.encoding import decode, encode
from tests.authoring.graphs.support import graph


def begin(given, declared=None, reads=()):
    schema = encode(full_schema(declared, reads))
    return decode(beginning(graph(schema=schema))(given))


def refusal(given, declared=None, reads=()):
    with pytest.raises(InvalidValueError) as raised:
        begin(given, declared, reads)
    return str(raised.value)


def test_inputs_that_are_right_are_kept_as_they_are():
    given = {"text": "x", "n": 2**70, "more": [{"a": None}], "type": "secret"}

    assert begin(given, reads=["text"]) == given


def test_all_inputs_that_steps_read_must_be_given():
    assert refusal({"other": 1}, reads=["url"]) == (
        "inputs.url: is needed and was not given. Given: 'other'"
    )
    assert refusal({"ulr": 1}, reads=["url"]) == (
        "inputs.url: is needed and was not given. 'ulr' was given. Did you mean this?"
    )
    assert refusal({}, reads=["b", "a"]) == (
        "inputs: 2 things are wrong:"
        "\n  inputs.a: is needed and was not given. Given: no inputs"
        "\n  inputs.b: is needed and was not given. Given: no inputs"
    )


def test_a_default_stands_in_for_what_is_not_given():
    declared = {"properties": {"n": {"type": "integer", "default": 3}, "url": {}}}

    assert begin({"url": "x"}, declared, reads=["n", "url"]) == {"n": 3, "url": "x"}
    assert begin({"url": "x", "n": 4}, declared, reads=["n", "url"])["n"] == 4


def test_a_bare_map_of_properties_is_a_schema():
    """A004-45."""
    declared = {
        "documents": {"type": "array", "items": {"type": "string"}},
        "type": {"type": "string"},
    }

    assert begin({"documents": ["a"], "type": "x"}, declared)["documents"] == ["a"]
    assert refusal({"documents": ["a", 1]}, declared) == (
        "inputs.documents[1]: must be string, not integer"
    )
    assert begin({"properties": {"a": 1}}, {"properties": {"type": "object"}})


@pytest.mark.parametrize(
    ("schema", "value", "message"),
    [
        ({"type": "integer"}, True, "must be integer, not boolean"),
        ({"type": "number"}, False, "must be number, not boolean"),
        ({"type": "integer"}, 2.5, "must be integer, not number"),
        ({"type": "string"}, 2, "must be string, not integer"),
        ({"type": "boolean"}, 1, "must be boolean, not integer"),
        ({"type": "array"}, {}, "must be array, not object"),
        ({"type": "object"}, [], "must be object, not array"),
        ({"type": ["string", "null"]}, 1, "must be string or null, not integer"),
        ({"enum": ["basic", "detailed"]}, "x", 'must be one of "basic", "detailed"'),
        ({"enum": [1]}, True, "must be one of 1"),
        ({"minimum": 1}, 0, "must be at least 1"),
        ({"maximum": 1}, 2, "must be at most 1"),
        ({"minLength": 2}, "a", "must have at least 2 characters"),
        ({"maxLength": 2}, "abc", "must have at most 2 characters"),
        ({"minItems": 1}, [], "must have at least 1 items"),
        ({"maxItems": 1}, [1, 2], "must have at most 1 items"),
    ],
)
def test_a_value_of_the_wrong_sort_is_told(schema, value, message):
    assert refusal({"x": value}, {"x": schema}) == f"inputs.x: {message}"


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "integer"}, 2.0),
        ({"type": "number"}, 2),
        ({"type": ["string", "null"]}, None),
        ({"enum": [True, "a"]}, True),
        ({"minimum": 1, "maxLength": 1}, 1),
        ({"minimum": 1, "maxLength": 1}, "x"),
        ({"items": {"type": "string"}}, "no list"),
        ({"additionalProperties": True, "properties": {"a": {}}}, {"a": 1, "b": 2}),
        ({}, [1]),
    ],
)
def test_a_value_of_the_right_sort_is_kept(schema, value):
    assert begin({"x": value}, {"x": schema}) == {"x": value}


def test_objects_are_looked_into():
    declared = {
        "properties": {
            "user": {
                "type": "object",
                "required": ["id"],
                "properties": {"id": {"type": "integer"}},
                "additionalProperties": False,
            }
        }
    }

    assert begin({"user": {"id": 1}}, declared)
    assert refusal({"user": {"id": "1"}}, declared) == (
        "inputs.user.id: must be integer, not string"
    )
    assert "inputs.user.id: is needed" in refusal({"user": {"name": "x"}}, declared)
    assert "inputs.user.name: is not declared; there are: id" in refusal(
        {"user": {"name": "x"}}, declared
    )


def test_what_is_not_declared_may_be_refused():
    declared = {"type": "object", "properties": {"a": {}}, "additionalProperties": False}

    assert refusal({"b": 1}, declared) == "inputs.b: is not declared; there are: a"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"a": {"b": [float("nan")]}}, "inputs.a.b[0]: nan is not a JSON number"),
        ({"a": "x\x00"}, "inputs.a: text with a NUL character"),
        ({"a": "\ud800"}, "inputs.a: text with a lone surrogate"),
        ({"a": {1, 2}}, "inputs.a: a set is not plain JSON data"),
        ({1: "a"}, "inputs: the key 1 is not text"),
        ([("a", 1)], "inputs: must be an object, values by name"),
        (None, "inputs: must be an object, values by name"),
        ({"a": "x" * 9_000_000}, "inputs: more than 8,388,608 characters of JSON"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_its_path(given, message):
    assert refusal(given) == message


def test_deep_nesting_is_refused():
    deep = []
    for _ in range(10_000):
        deep = [deep]

    assert "nested deeper than 64 levels" in refusal({"a": deep})


@pytest.mark.parametrize("kind", ["secret", "encrypted"])
def test_what_is_marked_as_secret_is_not_written_as_it_is(kind):
    """S004-65, S004-66: `start` takes the mark off and seals; nothing else may let it to the store."""
    told = refusal({"key": {"type": kind, "value": "sk-123"}})

    assert told == (
        f"inputs.key: {kind} inputs are sealed by `start` alone; here it would be written in clear"
    )
    assert "sk-123" not in told


def test_a_name_of_perdures_own_is_refused():
    assert refusal({"$vault": 1}) == 'inputs["$vault"]: the name is perdure\'s own'


def examined(declared, **reads):
    findings = Findings()
    check_schema(declared, reads, findings)
    return [str(problem) for problem in (*findings.errors, *findings.warnings)]


@pytest.mark.parametrize(
    ("declared", "problem"),
    [
        (
            {"a": {"type": "strng"}},
            "input_schema.a.type: 'strng' is no type. Did you mean 'string'?",
        ),
        ({"a": {"type": [3]}}, "input_schema.a.type: '3' is no type. There are: string, integer"),
        ({"a": "string"}, "input_schema.a: must be an object, a JSON Schema. Such as"),
        ({"a": {"items": 3}}, "input_schema.a.items: must be an object, a JSON Schema."),
        (
            {"type": "object", "properties": {"a": {"type": "x"}}},
            "input_schema.properties.a.type: 'x' is no type.",
        ),
        ({"type": "object", "properties": []}, "input_schema.properties: must be an object."),
        (
            {"a": {"required": True}},
            "input_schema.a.required: must be a list of names. In the object",
        ),
        ({"a": {"enum": "x"}}, "input_schema.a.enum: must be a list of values."),
        ({"a": {"minimum": "1"}}, "input_schema.a.minimum: must be a number."),
        ({"a": {"maxItems": True}}, "input_schema.a.maxItems: must be a number."),
        (
            {"a": {"additionalProperties": {}}},
            "input_schema.a.additionalProperties: must be true or false.",
        ),
        ({"a": {"pattern": "x"}}, "input_schema.a.pattern: is not checked by this version."),
    ],
)
def test_what_is_wrong_with_a_schema_is_told(declared, problem):
    told = examined(declared)

    assert len(told) == 1
    assert told[0].startswith(problem)


def test_a_read_past_the_schema_is_warned_of():
    assert examined({"text": {"type": "string"}}, txt="steps[0].input") == [
        "steps[0].input: 'input_schema' declares no input 'txt'. Did you mean 'text'?"
    ]
    assert examined({"text": {"type": "string", "title": "T"}}, text="steps[0].input") == []


@pytest.mark.parametrize("declared", [None, 3, {}, {"type": "object"}])
def test_without_declared_properties_anything_may_be_read(declared):
    assert examined(declared, text="steps[0].input") == []


def test_a_plan_takes_what_it_declares_and_what_it_reads():
    schema = full_schema({"text": {"type": "string"}}, ["url"])

    assert declared(graph(schema=encode(schema))) == {"text", "url"}
