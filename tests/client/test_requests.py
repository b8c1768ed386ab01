"""What callers give is checked, and what is wrong is told by its path."""

import pytest

from perdure.client.requests import body_of, parsed
from perdure.errors import InvalidValueError
from perdure.wire.executions import ExecutionConfig


def test_what_is_given_becomes_a_model():
    assert parsed(ExecutionConfig, priority="high").priority == "high"


def test_one_thing_that_is_wrong_is_told_by_its_path():
    with pytest.raises(InvalidValueError, match="speed: there is no such setting"):
        parsed(ExecutionConfig, speed=3)


def test_all_things_that_are_wrong_are_told():
    with pytest.raises(InvalidValueError, match="2 things are wrong") as caught:
        parsed(ExecutionConfig, speed=3, timeout=-1)

    assert "timeout: input should be greater than 0" in str(caught.value)


def test_fields_make_a_definition_or_it_is_given_whole():
    assert body_of(None, {"name": "a", "steps": None}) == {"name": "a"}
    assert body_of({"name": "a"}, {"name": None}) == {"name": "a"}
    with pytest.raises(InvalidValueError, match="so name cannot be beside it"):
        body_of({"name": "a"}, {"name": "b"})
