"""`combine_results` and `merge_json`."""

import pytest

from perdure.errors import InvalidInputError
from perdure.packs.functions.combine import combine_results, merge_json


def test_results_are_combined_under_their_names():
    assert combine_results({"summary": "s", "methods": ["m"]}) == {"summary": "s", "methods": ["m"]}


def test_objects_merge_at_every_depth_and_the_later_wins():
    first = {"a": 1, "deep": {"x": 1, "y": {"z": 1}}}
    second = {"a": 2, "deep": {"y": {"w": 2}}, "b": None}

    assert merge_json({"first": first, "second": second}) == {
        "a": 2, "deep": {"x": 1, "y": {"z": 1, "w": 2}}, "b": None,
    }  # fmt: skip


def test_lists_are_joined():
    assert merge_json({"p": {"l": [1]}, "q": {"l": [2]}}) == {"l": [1, 2]}
    assert merge_json({"p": [1], "q": [2, 3]}) == [1, 2, 3]


def test_beside_an_object_other_things_keep_their_name():
    """As in the document's example: a classification beside a list of entities."""
    merged = merge_json({"sentiment": {"label": "POSITIVE"}, "entities": [{"text": "PRSM"}]})

    assert merged == {"label": "POSITIVE", "entities": [{"text": "PRSM"}]}


def test_where_kinds_differ_the_later_wins():
    assert merge_json({"p": {"a": {"x": 1}}, "q": {"a": [1]}}) == {"a": [1]}


def test_a_skipped_branch_adds_nothing():
    assert merge_json({"p": None, "q": [1]}) == [1]
    assert merge_json({"p": None}) == {}


def test_the_inputs_are_left_as_they_are():
    first = {"l": [1], "d": {"x": 1}}

    merge_json({"first": first, "second": {"l": [2], "d": {"y": 2}}})

    assert first == {"l": [1], "d": {"x": 1}}


def test_objects_nested_too_deep_are_refused():
    deep = {}
    for _ in range(70):
        deep = {"a": deep}

    with pytest.raises(InvalidInputError, match="deeper than 64"):
        merge_json({"p": deep, "q": deep})
