"""JSON Schemas of somebody's."""

import pytest

from perdure.authoring.schemas import validator
from perdure.errors import InvalidInputError


def test_a_schema_checks_values():
    checks = validator({"type": "integer"}, "here")

    assert checks.is_valid(3)
    assert not checks.is_valid("3")


def test_what_is_no_schema_is_told_with_its_place():
    with pytest.raises(InvalidInputError, match=r"^here: is no JSON Schema"):
        validator({"type": "strin"}, "here")


def test_nothing_outside_of_it_is_fetched():
    with pytest.raises(InvalidInputError, match="is not fetched"):
        validator({"$ref": "file:///etc/hosts"}, "here")
