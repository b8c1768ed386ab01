"""Where something stands in a document."""

import pytest

from perdure.authoring.places import place, within


@pytest.mark.parametrize(
    ("base", "part", "shown"),
    [
        ("steps", 2, "steps[2]"),
        ("steps[2]", "depends_on", "steps[2].depends_on"),
        ("", "name", "name"),
        ("inputs", "two words", 'inputs["two words"]'),
        ("inputs", 'a"b\nc', 'inputs["a\\"b\\nc"]'),
        ("inputs", "nul\x00\ud800", 'inputs["nul\ufffd?"]'),
    ],
)
def test_a_place_is_shown_as_one_finds_it(base, part, shown):
    assert place(base, part) == shown


def test_a_long_name_is_cut_in_its_place():
    assert len(place("inputs", "x" * 10_000)) < 60


@pytest.mark.parametrize(
    ("parts", "shown"),
    [
        ((), "p"),
        (("a", 1, "b"), "p.a[1].b"),
        (("list[str]", "a"), "p.a"),
        (("a", 9), "p.a"),
        (("a", "str"), "p.a"),
        (("a", 0, "missing"), "p.a[0]"),
    ],
)
def test_a_validators_way_is_shown_as_far_as_it_leads(parts, shown):
    value = {"a": [{"x": 1}, {"b": 2}]}

    assert within("p", value, parts) == shown


def test_what_is_missing_is_shown_where_it_would_stand():
    assert within("p", {"a": [{}]}, ("list", "a", 0, "b"), is_missing=True) == "p.a[0].b"
