"""Lists of things: fields, conditions, order, duplicates."""

import pytest

from perdure.authoring.functions import FunctionRegistry
from perdure.errors import InvalidInputError
from perdure.packs.functions.items import (
    deduplicate,
    filter_items,
    map_fields,
    sort_items,
    split_items,
)

PAPERS = [
    {"title": "b", "year": 2020, "tags": ["x"], "by": {"name": "Ada"}},
    {"title": "a", "year": 2023, "tags": ["x", "y"], "by": {"name": "Bob"}},
    {"title": "c", "year": None, "tags": []},
]


def titles(items):
    return "".join(item["title"] for item in items)


def where(*conditions, **options):
    return titles(filter_items(PAPERS, where=list(conditions), **options))


def test_fields_are_taken_under_new_names():
    assert map_fields(PAPERS[:1], fields={"who": "by.name", "first": "tags[0]", "no": "x"}) == [
        {"who": "Ada", "first": "x", "no": None}
    ]


def test_one_object_gives_one_and_may_keep_its_own_fields():
    assert map_fields({"a": 1, "b": 2}, fields={"a": "b"}, keep=True) == {"a": 2, "b": 2}


@pytest.mark.parametrize("items", ["x", ["x"], [None]])
def test_only_objects_have_fields(items):
    with pytest.raises(InvalidInputError, match="no object with fields"):
        map_fields(items, fields={"a": "b"})


@pytest.mark.parametrize(
    ("condition", "kept"),
    [
        ({"field": "title", "value": "a"}, "a"),
        ({"field": "title", "op": "not_equals", "value": "a"}, "bc"),
        ({"field": "by.name", "op": "not_equals", "value": "Ada"}, "ac"),
        ({"field": "year", "op": "at_least", "value": 2020}, "ba"),
        ({"field": "year", "op": "more_than", "value": 2020}, "a"),
        ({"field": "year", "op": "at_most", "value": 2020.5}, "b"),
        ({"field": "year", "op": "less_than", "value": 2020}, ""),
        ({"field": "title", "op": "less_than", "value": "b"}, "a"),
        ({"field": "title", "op": "one_of", "value": ["a", "c"]}, "ac"),
        ({"field": "tags", "op": "contains", "value": "y"}, "a"),
        ({"field": "title", "op": "contains", "value": "c"}, "c"),
        ({"field": "title", "op": "starts_with", "value": "b"}, "b"),
        ({"field": "by", "op": "exists"}, "ba"),
        ({"field": "year", "op": "exists"}, "ba"),
        ({"field": "year", "op": "missing"}, "c"),
        ({"field": "year", "value": True}, ""),
        ({"field": "year", "value": None}, "c"),
    ],
)
def test_each_operator_keeps_what_it_says(condition, kept):
    assert where(condition) == kept


def test_all_conditions_are_needed_or_any():
    conditions = ({"field": "year", "value": 2020}, {"field": "title", "value": "c"})

    assert where(*conditions) == ""
    assert where(*conditions, match="any") == "bc"


def test_an_item_itself_can_be_compared():
    assert filter_items([1, 5, 3], where=[{"field": "", "op": "at_least", "value": 3}]) == [5, 3]


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ({"field": "year", "op": "at_least", "value": "2020"}, r"input\[0\]\.year: is the number"),
        ({"field": "tags", "op": "at_least", "value": 1}, "is a list, which has no order"),
        ({"field": "year", "op": "contains", "value": "x"}, "is the number 2020 and must be text"),
        ({"field": "title", "op": "one_of", "value": "a"}, "value: is the text 'a' and must be a"),
        ({"field": "title", "op": "contains"}, "parameters.where: 'contains' needs a value"),
        ({"field": "by", "op": "more_than", "value": 1}, "is an object, which has no order"),
        ({"field": "year", "op": "more_than", "value": None}, "is null, which has no order"),
        ({"field": "title", "op": "starts_with", "value": True}, "is true or false and must be"),
    ],
)
def test_what_cannot_be_compared_is_told(condition, told):
    with pytest.raises(InvalidInputError, match=told):
        where(condition)


@pytest.mark.parametrize(
    ("parameters", "path", "told"),
    [
        ({}, "parameters.where", "is needed"),
        ({"where": []}, "parameters.where", "at least 1 item"),
        ({"where": [{"op": "equals"}]}, "parameters.where[0].field", "is needed"),
        ({"where": [{"field": "a", "op": "equal"}]}, "parameters.where[0].op", "mean 'equals'"),
        ({"where": [{"field": "a", "vlaue": 1}]}, "parameters.where[0].vlaue", "is no field"),
        ({"where": [{"feild": "a"}]}, "parameters.where[0].feild", "Did you mean 'field'?"),
        ({"where": [{"field": 1}, {"field": 2}]}, "parameters.where[1].field", "valid string"),
    ],
)
def test_a_condition_that_is_none_is_seen_before_a_run(parameters, path, told):
    registry = FunctionRegistry()
    registry.add(filter_items)

    problems = registry.get("filter_items").problems(parameters)

    assert problems[-1].path == path
    assert told in str(problems[-1])


def test_the_schema_of_conditions_is_whole():
    registry = FunctionRegistry()
    registry.add(filter_items)
    schema = registry.schema("filter_items")

    assert schema["properties"]["where"]["items"] == {"$ref": "#/$defs/Condition"}
    assert schema["$defs"]["Condition"]["required"] == ["field"]


def test_items_are_put_in_order():
    assert titles(sort_items(PAPERS, by="title")) == "abc"
    assert titles(sort_items(PAPERS, by="year", descending=True)) == "abc"
    assert titles(sort_items(PAPERS, by=["-year", "title"])) == "abc"
    assert titles(sort_items(PAPERS, by="-year", descending=True)) == "bac"
    assert sort_items([3, 1, 2]) == [1, 2, 3]
    assert titles(PAPERS) == "bac"


def test_equal_items_stay_in_their_order():
    items = [{"k": 1, "title": "x"}, {"k": 0, "title": "y"}, {"k": 1, "title": "z"}]

    assert titles(sort_items(items, by="k")) == "yxz"
    assert titles(sort_items(items, by="k", descending=True)) == "xzy"


def test_text_and_numbers_have_no_common_order():
    with pytest.raises(InvalidInputError, match="is text in some items and a number in others"):
        sort_items([{"k": 1}, {"k": "1"}], by="k")
    with pytest.raises(InvalidInputError, match=r"input\[0\]\.k: is a list"):
        sort_items([{"k": [1]}], by="k")


@pytest.mark.parametrize(
    ("items", "options", "kept"),
    [
        ([1, 2, 1, 1.5, True, 1], {}, [1, 2, 1.5, True]),
        ([{"a": 1, "b": 2}, {"b": 2, "a": 1}], {}, [{"a": 1, "b": 2}]),
        (["A  b", "a b"], {}, ["A  b", "a b"]),
        (["A  b", " a b "], {"ignore_case": True}, ["A  b"]),
        ([{"d": "X"}, {"d": "x"}], {"by": "d", "ignore_case": True}, [{"d": "X"}]),
        (
            [{"d": 1}, {"e": 1}, {"d": None}, {"d": 1}],
            {"by": "d"},
            [{"d": 1}, {"e": 1}, {"d": None}],
        ),
        ([{"d": 1, "e": 1}, {"d": 1}], {"by": ["d", "e"]}, [{"d": 1, "e": 1}, {"d": 1}]),
        ([[["a", 1]], {"a": 1}], {}, [[["a", 1]], {"a": 1}]),
        ([None, None], {}, [None]),
    ],
)
def test_of_equal_items_the_first_is_kept(items, options, kept):
    assert deduplicate(items, **options) == kept


def test_items_are_split_into_lists():
    assert split_items([1, 2, 3], size=2) == [[1, 2], [3]]
    assert split_items([], size=2) == []
