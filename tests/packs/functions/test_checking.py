"""Values that are as a JSON Schema says."""

import pytest

from perdure.errors import InvalidInputError
from perdure.packs.functions.checking import validate_json
from tests.outgoing.servers import serving

SCHEMA = {
    "type": "object",
    "properties": {"n": {"type": "integer"}, "tags": {"items": {"$ref": "#/$defs/tag"}}},
    "required": ["n"],
    "$defs": {"tag": {"type": "string", "pattern": "^[a-z]+$"}},
}


def test_a_valid_value_is_given_on_unchanged():
    value = {"n": 1, "tags": ["a"]}

    assert validate_json(value, schema=SCHEMA) is value


def test_everything_that_is_wrong_is_told_with_its_place():
    with pytest.raises(InvalidInputError) as raised:
        validate_json({"tags": ["a", "B"]}, schema=SCHEMA)

    assert raised.value.kind == "invalid_input"
    assert 'input: "n" is a required property' in str(raised.value)
    assert "input.tags[1]: " in str(raised.value)


def test_not_more_than_a_few_things_are_told():
    with pytest.raises(InvalidInputError, match="and more") as raised:
        validate_json(["x"] * 100, schema={"items": {"type": "integer"}})

    assert str(raised.value).count("input[") == 20


@pytest.mark.parametrize("schema", [{"type": "strin"}, {"$ref": "#/nowhere"}, {"pattern": "("}])
def test_what_is_no_schema_is_told(schema):
    with pytest.raises(InvalidInputError, match=r"parameters\.schema: is no JSON Schema"):
        validate_json("x", schema=schema)


def test_nothing_is_fetched_for_a_schema():
    with (
        serving(lambda asked: asked.give(content=b"{}")) as site,
        pytest.raises(InvalidInputError, match="is not fetched"),
    ):
        validate_json("x", schema={"$ref": site.url("/schema.json")})
    with pytest.raises(InvalidInputError, match="is not fetched"):
        validate_json("x", schema={"$ref": "file:///etc/hosts"})

    assert site.asked == []
