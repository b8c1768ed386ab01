"""`${...}` in text and in whole values: what is read, and what is refused with what to write."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perdure.kernel.references import (
    MAX_DEPTH,
    BadReferenceError,
    Reference,
    Root,
    Text,
    instruction,
    parse,
    read,
    references,
    scan,
    shown_path,
)

TITLE = Reference(Root.RESULT, "extract", path=("title",))
URL = Reference(Root.INPUT, path=("url",))


@pytest.mark.parametrize(
    ("body", "reference"),
    [
        ("workflow.input", Reference(Root.INPUT)),
        ("workflow.input.url", URL),
        ("extract.result", Reference(Root.RESULT, "extract")),
        ("extract.result.title", TITLE),
        (" extract.result.title ", TITLE),
        ("a.result[0].b[12]", Reference(Root.RESULT, "a", path=(0, "b", 12))),
        ('a.result["two words"]', Reference(Root.RESULT, "a", path=("two words",))),
        ("a.result['it \"is\"'].x", Reference(Root.RESULT, "a", path=('it "is"', "x"))),
        ("a-b_1.result.__class__", Reference(Root.RESULT, "a-b_1", path=("__class__",))),
        ("a.result.größe", Reference(Root.RESULT, "a", path=("größe",))),
        ("loop.current_item.name", Reference(Root.LOOP, path=("current_item", "name"))),
        ("template.model", Reference(Root.TEMPLATE, path=("model",))),
        ("secrets.KEY", Reference(Root.SECRETS, path=("KEY",))),
    ],
)
def test_a_reference_names_a_root_and_a_path(body, reference):
    assert parse(body) == reference
    assert parse(str(reference)) == reference


@pytest.mark.parametrize(
    ("body", "suggestion"),
    [
        ("", "Write ${workflow.input.NAME} or ${STEP.result}"),
        ("1 + 1", "Write ${workflow.input.NAME} or ${STEP.result}"),
        ("extract", "Write ${extract.result}"),
        ("extract.output.title", "Write ${extract.result.title}"),
        ("extract.title", "Write ${extract.result.title}"),
        ("extract[0]", "Write ${extract.result[0]}"),
        ("workflow", "Write ${workflow.input}"),
        ("workflow.url", "Write ${workflow.input.url}"),
        ("workflow.inputs.url", "Write ${workflow.input.url}"),
        ("input.url", "Write ${workflow.input.url}"),
        ("inputs", "Write ${workflow.input}"),
        ("loop", "Write ${loop.NAME}"),
        ("a.result[-1]", "Items are counted from 0, from the front"),
        ("a.result[x]", 'An item is [0], a field of any name is ["name"]'),
        ("a.result + 1", "A reference names a value and computes nothing"),
        ("a.result.b()", "A reference names a value and computes nothing"),
        ("a.result..b", "A reference names a value and computes nothing"),
    ],
)
def test_what_is_no_reference_is_refused_with_what_to_write(body, suggestion):
    with pytest.raises(BadReferenceError) as raised:
        parse(body)

    assert raised.value.suggestion == suggestion
    assert raised.value.message in str(raised.value)


def test_a_path_has_a_most_length():
    with pytest.raises(BadReferenceError, match="more than 64 parts"):
        parse("a.result" + ".b" * 65)


def test_an_error_shows_the_beginning_of_a_long_reference():
    with pytest.raises(BadReferenceError) as raised:
        parse("x" * 10_000)

    assert len(str(raised.value)) < 300


def test_a_text_is_taken_apart_into_literals_and_references():
    parts, faults = scan("From ${workflow.input.url}: ${extract.result.title}!")

    assert parts == ["From ", URL, ": ", TITLE, "!"]
    assert faults == []


def test_every_bad_reference_of_a_text_is_told():
    parts, faults = scan("${a} and ${extract.result.title} and ${b")

    assert parts == [" and ", TITLE, " and "]
    assert ["'${a}'" in str(faults[0]), "not closed" in str(faults[1])] == [True, True]


def test_a_doubled_dollar_stands_for_itself():
    assert read("$${workflow.input.url} costs $5 {x}") == "${workflow.input.url} costs $5 {x}"
    assert read("$${a}${extract.result.title}") == Text(("${a}", TITLE))


def test_a_brace_in_a_quoted_name_does_not_close():
    assert read('${a.result["x}y"]}') == Reference(Root.RESULT, "a", path=("x}y",))


def test_a_string_that_is_one_reference_is_told_from_text_around_it():
    assert read("${workflow.input.url}") == URL
    assert read(" ${workflow.input.url}") == Text((" ", URL))


def test_lists_and_objects_are_templates_and_names_are_not_read():
    template = read({"${a}": ["${workflow.input.url}", 1, None, True, 2.5, "plain"]})

    assert template == {"${a}": [URL, 1, None, True, 2.5, "plain"]}


def test_a_bad_reference_inside_of_a_value_is_raised():
    with pytest.raises(BadReferenceError, match="names nothing"):
        read({"a": ["${}"]})


def test_a_template_has_a_most_depth():
    value = "x"
    for _ in range(MAX_DEPTH + 1):
        value = [value]

    with pytest.raises(BadReferenceError, match="nested deeper"):
        read(value)


def test_references_are_listed_once_in_their_order():
    template = read(
        {"a": "${extract.result.title} ${workflow.input.url}", "b": ["${extract.result.title}", 1]}
    )

    assert list(references(template)) == [TITLE, URL]


def test_the_instruction_is_what_is_left_without_references():
    template = read(
        {"q": "Summarize: ${extract.result} now", "n": [1, "${extract.result}", "Be brief. "]}
    )

    assert instruction(template) == "Summarize:  now\nBe brief."


def test_a_path_is_shown_as_one_writes_it():
    assert shown_path(("a", 0, "two words", 'with "both"')) == (
        """.a[0]["two words"]['with "both"']"""
    )


@settings(deadline=None)
@given(st.text(alphabet="${}[].'\"ab \\0-", max_size=60))
def test_any_text_is_read_or_refused(text):
    """And what has no `${` stays as it is."""
    parts, faults = scan(text)

    assert "${" in text or parts == ([text] if text else [])
    assert all(fault.message for fault in faults)


@pytest.mark.parametrize(
    ("text", "parts", "faults"),
    [
        ("${" * 200_000, 0, 1),
        ('${"' * 200_000, 0, 1),
        ("${a}" * 20_000, 0, 20_000),
        ("$${" * 200_000, 1, 0),
        ("${a" + ".b" * 200_000 + "}", 0, 1),
    ],
    ids=["open", "quoted", "bad", "escaped", "long"],
)
def test_a_long_text_of_openings_is_read_in_one_pass(text, parts, faults):
    """An unclosed brace or quote could make each of them look at all the rest again."""
    made, wrong = scan(text)

    assert (len(made), len(wrong)) == (parts, faults)
