"""Templates filled in: types kept, text rendered, once only, and never past the bounds."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perdure.kernel.filling import (
    MAX_TEXT,
    MAX_VALUE,
    MissingReferenceError,
    OversizeError,
    find,
    render,
    resolve,
)
from perdure.kernel.references import read

PAPER = {
    "title": "Sleep",
    "pages": ["one", "two"],
    "year": 2024,
    "draft": False,
    "doi": None,
    "share": 0.5,
}


def lookup(reference):
    return {"": {"url": "x.pdf"}, "paper": PAPER, "text": "plain"}[reference.step]


def filled(template):
    return resolve(read(template), lookup)


def test_a_reference_alone_keeps_the_type_of_its_value():
    assert filled("${paper.result}") is PAPER
    assert filled(["${paper.result.year}", "${paper.result.doi}", 7]) == [2024, None, 7]
    assert filled({"n": "${paper.result.pages[1]}", "k": "${workflow.input.url}"}) == {
        "n": "two",
        "k": "x.pdf",
    }


def test_within_text_values_become_text_and_all_but_text_compact_json():
    template = "${paper.result.title}: ${paper.result.pages} ${paper.result.year} "
    more = "${paper.result.draft} ${paper.result.doi} ${paper.result.share}"

    assert filled(template + more) == 'Sleep: ["one","two"] 2024 false null 0.5'


def test_text_that_is_filled_in_is_not_read_again():
    """Second-order expansion: a value that holds a reference is data."""
    evil = {"a": "${secrets.KEY} ${b.result}"}

    assert resolve(read("${x.result.a}!"), lambda _: evil) == "${secrets.KEY} ${b.result}!"


def test_no_attribute_of_an_object_is_reached():
    for path in ("__class__", "keys", "__class__.__mro__", "title.upper", "pages.append"):
        with pytest.raises(MissingReferenceError):
            filled("${paper.result." + path + "}")


@pytest.mark.parametrize(
    ("reference", "path", "message"),
    [
        ("paper.result.titel", "paper.result.titel", "Did you mean 'title'?"),
        ("paper.result.zzz.y", "paper.result.zzz", "paper.result has: 'title', 'pages'"),
        ("paper.result.pages[2]", "paper.result.pages[2]", "has 2 items, counted from 0"),
        ("paper.result.title[0]", "paper.result.title[0]", "is text, not a list"),
        ("paper.result.pages.first", "paper.result.pages.first", "is a list, not an object"),
        ("paper.result.year.x", "paper.result.year.x", "is a number, not an object"),
        ("paper.result.draft.x", "paper.result.draft.x", "is true or false, not an object"),
        ("paper.result.doi.x", "paper.result.doi.x", "is null, not an object"),
        ("paper.result[0]", "paper.result[0]", "is an object, not a list"),
        ("workflow.input.text", "workflow.input.text", "workflow.input has: 'url'"),
    ],
)
def test_a_value_that_is_not_there_is_named_by_its_path(reference, path, message):
    with pytest.raises(MissingReferenceError) as raised:
        filled("${" + reference + "}")

    assert raised.value.path == path
    assert str(raised.value).startswith(f"{path}: ")
    assert message in str(raised.value)
    assert raised.value.kind == "invalid_input"
    assert not raised.value.retryable


def test_a_missing_field_of_an_empty_object_is_told():
    with pytest.raises(MissingReferenceError, match=r"a\.result is empty"):
        resolve(read("${a.result.x}"), lambda _: {})


def test_a_template_is_rendered_as_text_whatever_it_is():
    assert render(read("${text.result}"), lookup) == "plain"
    assert render(read({"q": "${paper.result.year}", "z": [1]}), lookup) == '{"q":2024,"z":[1]}'


def test_a_reference_is_found_by_itself():
    assert find(read("${paper.result.pages[0]}"), lookup) == "one"


def test_text_stops_at_its_bound():
    halves = {"half": "x" * (MAX_TEXT // 2), "rest": "y"}

    fits = resolve(read("${a.result.half}${a.result.half}"), lambda _: halves)

    assert len(fits) == MAX_TEXT
    with pytest.raises(OversizeError, match=r"\$\{a\.result\.rest\}.*262,144 characters"):
        resolve(read("${a.result.half}${a.result.half}${a.result.rest}"), lambda _: halves)
    with pytest.raises(OversizeError, match="with literal text"):
        resolve(read("${a.result.half}${a.result.half}!"), lambda _: halves)


def test_json_in_text_stops_at_the_bound_too():
    """Also where only the escapes make it too long: 30,000 control characters are 180,000."""
    long = {"a": ["x" * 1000] * 300, "b": "\x01" * 60_000}

    for template in ("See ${a.result.a}", "See ${a.result}"):
        with pytest.raises(OversizeError):
            resolve(read(template), lambda _: long)
    with pytest.raises(OversizeError):
        resolve(read("See ${a.result}"), lambda _: {"b": long["b"]})
    with pytest.raises(OversizeError, match="the text"):
        render(read("${a.result}"), lambda _: long)


def test_a_text_alone_is_not_bound_by_what_may_be_put_together():
    long = "x" * (MAX_TEXT + 1)

    assert render(read("${a.result}"), lambda _: long) is long


def test_laughter_stops_before_it_is_built():
    """Nine levels of ten references each would be 10 GB."""

    def laugh(template, value):
        for _ in range(9):
            value = resolve(read(template), lambda _, value=value: value)

    with pytest.raises(OversizeError, match="262,144"):
        laugh("${a.result}" * 10, "ha" * 10)
    with pytest.raises(OversizeError, match="8,388,608"):
        laugh(["${a.result}"] * 10, ["ha"])


def test_many_texts_together_are_bound_as_values_are():
    text = "x" * (MAX_TEXT // 2)

    with pytest.raises(OversizeError, match="with a text"):
        resolve(read(["-${a.result}"] * (2 * MAX_VALUE // MAX_TEXT)), lambda _: text)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=10,
)


@settings(deadline=None)
@given(JSON)
def test_values_come_through_as_they_are(value):
    assert resolve(read("${a.result}"), lambda _: value) == value
    assert resolve(read({"k": ["${a.result}"]}), lambda _: value) == {"k": [value]}


@settings(deadline=None)
@given(JSON)
def test_a_template_without_references_is_its_own_value(value):
    assert resolve(value, lookup) == value
