"""Schemas in words."""

import pytest

from perdure.cli.schemas import default_of, words_of

SCHEMA = {
    "$defs": {"Pair": {"type": "object", "properties": {"a": {"type": "string"}, "b": {}}}},
    "properties": {"n": {"type": "integer", "default": 3}, "must": {}},
    "required": ["must"],
}


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ({}, "any"),
        ({"type": "string"}, "string"),
        ({"type": "integer", "minimum": 1}, "integer, 1 or more"),
        ({"type": "integer", "minimum": 1, "maximum": 9}, "integer, 1 to 9"),
        ({"type": "number", "exclusiveMinimum": 0}, "number, above 0"),
        ({"type": "number", "exclusiveMinimum": 0, "maximum": 9}, "number, above 0 to 9"),
        ({"type": "number", "maximum": 9}, "number, at most 9"),
        ({"type": "string", "minLength": 1, "maxLength": 1}, "string, exactly 1"),
        ({"type": "string", "enum": ["a", "b"]}, '"a", "b"'),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "string or null"),
        (
            {"type": "array", "items": {"$ref": "#/$defs/Pair"}},
            "list of object of a: string; b: any",
        ),
        ({"type": "array"}, "list of any"),
        ({"type": "object"}, "object"),
        ({"type": "object", "additionalProperties": {"type": "string"}}, "object, each string"),
        ({"type": "object", "additionalProperties": True}, "object"),
    ],
)
def test_a_type_is_told_on_a_line(part, words):
    assert words_of(part, SCHEMA) == words


def test_a_default_is_told_unless_there_is_none():
    assert (default_of("n", SCHEMA), default_of("must", SCHEMA)) == ("3", "")
