"""Answers in a shape."""

import pytest

from perdure.errors import InvalidInputError, InvalidOutputError
from perdure.packs.inference.structured import Shape

CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}


def test_no_schema_is_no_shape():
    assert Shape.of(None) is None


def test_an_object_is_asked_for_as_it_is():
    shape = Shape.of(CITY)

    assert shape.asked is CITY
    assert shape.read('{"city": "Paris"}') == shape.read({"city": "Paris"}) == {"city": "Paris"}


def test_anything_else_is_asked_for_within_an_object_and_taken_out_of_it():
    shape = Shape.of({"type": "array", "items": {"type": "integer"}})

    assert shape.asked["properties"] == {"value": {"type": "array", "items": {"type": "integer"}}}
    assert shape.read('{"value": [1, 2]}') == [1, 2]


@pytest.mark.parametrize(
    ("said", "told"),
    [("Paris", "no JSON"), ('{"city": 3}', 'city: 3 is not of type "string"'), ("{}", "city")],
)
def test_an_answer_that_does_not_fit_is_told(said, told):
    with pytest.raises(InvalidOutputError, match=told):
        Shape.of(CITY).read(said)


def test_an_answer_without_the_object_around_it_is_told():
    with pytest.raises(InvalidOutputError, match="has no 'value'"):
        Shape.of({"type": "array"}).read("[1]")


def test_what_is_no_schema_is_refused_before_anybody_is_asked():
    with pytest.raises(InvalidInputError, match=r"parameters\.output_schema"):
        Shape.of({"type": "strin"})
