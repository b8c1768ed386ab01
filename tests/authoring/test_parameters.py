"""The parameters of typed callables."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import pytest
from annotated_types import Interval

from perdure.authoring import parameters
from perdure.errors import InvalidInputError


def sample(
    text: str,
    *,
    count: Annotated[int, Interval(ge=1, le=9)],
    mode: Literal["fast", "slow"] = "fast",
    share: float | None = None,
    words: list[str] | None = None,
    either: str | int = "",
) -> str:
    return f"{text}{count}{mode}{share}{words}"


def problems(**values):
    return [(p.path, str(p)) for p in parameters.problems(sample, values)]


def test_good_values_are_given_as_they_are():
    values = {"count": 3, "mode": "slow", "share": 1, "words": ["a"]}

    assert parameters.checked(sample, values) == values
    assert problems(count=1, share=None) == []


@pytest.mark.parametrize(
    ("values", "path", "told"),
    [
        ({"count": "3"}, "parameters.count", "valid integer, got str '3'"),
        ({"count": True}, "parameters.count", "valid integer, got bool True"),
        ({"count": 0}, "parameters.count", "greater than or equal to 1, got int 0"),
        ({"count": 1, "mode": "quick"}, "parameters.mode", "'fast' or 'slow', got str 'quick'"),
        ({"count": 1, "share": float("nan")}, None, None),
        ({"count": 1, "words": "a"}, "parameters.words", "got str 'a'"),
        ({"count": 1, "words": [1]}, "parameters.words[0]", "got int 1"),
        ({"count": 1, "mode": "fats"}, "parameters.mode", "Did you mean 'fast'?"),
        ({"count": 1, "either": []}, "parameters.either", "string or input should be a valid int"),
        ({"count": 1, "two words": 2}, 'parameters["two words"]', "is no parameter"),
        ({"count": 1, "cout": 2}, "parameters.cout", "Did you mean 'count'?"),
        ({"count": 1, "zzz": 2}, "parameters.zzz", "It takes: count, mode, share, words, either"),
        ({}, "parameters.count", "is needed and was not given"),
    ],
)
def test_each_problem_names_its_parameter(values, path, told):
    found = problems(**values)

    assert [p for p, _ in found] == ([path] if path else [])
    assert told is None or told in found[0][1]


def test_all_problems_are_listed_and_the_first_is_raised():
    assert len(problems(count="x", mode="y", zzz=1)) == 3
    with pytest.raises(InvalidInputError) as error:
        parameters.checked(sample, {"zzz": 1, "count": 1})
    assert error.value.path == "parameters.zzz"
    assert not error.value.retryable


def test_values_that_are_known_later_are_not_looked_at_yet():
    values = {"count": "${workflow.input.n}", "mode": "bad"}

    found = parameters.problems(sample, values, unknown_yet={"count"})

    assert [p.path for p in found] == ["parameters.mode"]


def test_each_place_within_a_value_has_its_own_problem():
    assert [p for p, _ in problems(count=1, words=["a", 1, 2])] == [
        "parameters.words[1]",
        "parameters.words[2]",
    ]


def test_a_long_value_is_shown_by_its_beginning():
    (found,) = problems(count="x" * 999)

    assert len(found[1]) < 200


def test_names_of_others_can_be_left_out():
    assert parameters.known_only(sample, {"count": 1, "temperature": 0.3}) == {"count": 1}


def test_the_input_is_checked_by_its_type():
    assert parameters.check_input(sample, "x", what="input") == "x"
    with pytest.raises(InvalidInputError, match="input: input should be a valid string, got int 7"):
        parameters.check_input(sample, 7, what="input")


@pytest.mark.parametrize(
    ("value", "told"),
    [("x", ""), (7, "input should be a valid string"), ({}, "input should be a valid string")],
)
def test_the_kind_of_an_input_can_be_asked_for(value, told):
    assert parameters.input_error(sample, value) == told


def test_what_is_within_an_input_may_be_known_later():
    def listed(items: list[int]) -> Any:
        return items

    assert parameters.input_error(listed, ["${a.result}"]) == ""
    assert parameters.input_error(listed, "x") == "input should be a valid list"


def test_the_schema_is_of_the_parameters_alone():
    schema = parameters.schema(sample)

    assert schema["required"] == ["count"]
    assert schema["additionalProperties"] is False
    assert schema["properties"]["count"] == {"type": "integer", "minimum": 1, "maximum": 9}
    assert schema["properties"]["mode"] == {
        "type": "string",
        "enum": ["fast", "slow"],
        "default": "fast",
    }
    assert "text" not in schema["properties"]


def test_a_callable_without_annotations_takes_anything():
    def loose(value, *, flag=False):
        return value, flag

    assert parameters.checked(loose, {"flag": object}) == {"flag": object}
    assert parameters.check_input(loose, 3, what="input") == 3


def test_a_callable_without_parameters_says_so():
    def bare(value: Mapping[str, Any]) -> Any:
        return value

    (found,) = parameters.problems(bare, {"x": 1})

    assert "It takes no parameters" in str(found)


def test_a_callable_without_input_is_refused():
    with pytest.raises(TypeError, match=r"takes no input\. Give it a first argument"):
        parameters.input_name(lambda *, flag: flag)
