"""Encoding: JSON texts that come back as they were, and what is refused with its place."""

import enum
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perdure.errors import InvalidValueError
from perdure.wire import encoding
from perdure.wire.encoding import (
    MAX_DEPTH,
    MAX_INT_DIGITS,
    check_value,
    clean_text,
    decode,
    encode,
    encode_value,
    parse,
)

LARGEST = 10**MAX_INT_DIGITS - 1
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(min_value=10**30, max_value=10**40)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=10,
)


@given(VALUES)
def test_a_value_comes_back_as_it_was(value):
    assert decode(encode_value(value)) == value
    assert parse(encode(value)) == value


def test_texts_are_short_and_keep_their_letters():
    assert encode({"a": [1, 2.5, None, True], "é": "ß\n"}) == '{"a":[1,2.5,null,true],"é":"ß\\n"}'


def test_a_tuple_is_kept_as_a_list():
    assert encode_value({"pair": (1, 2)}) == '{"pair":[1,2]}'


@pytest.mark.parametrize("number", [2**53 + 1, -(2**63), 2**64, LARGEST, -LARGEST])
def test_an_integer_is_exact_at_any_size(number):
    assert decode(encode_value(number)) == number
    assert parse(encode(number)) == number


def nested(depth):
    value = 1
    for _ in range(depth):
        value = [value]
    return value


class Colour(enum.StrEnum):
    RED = "red"


@pytest.mark.parametrize(
    ("value", "what"),
    [
        (float("nan"), "nan is not a JSON number"),
        (float("inf"), "inf is not a JSON number"),
        (float("-inf"), "-inf is not a JSON number"),
        ("a\x00b", "text with a NUL character"),
        ("a\ud800b", "text with a lone surrogate"),
        (LARGEST + 1, "an integer of more than 4000 digits"),
        (-LARGEST - 1, "an integer of more than 4000 digits"),
        ({1}, "a set is not plain JSON data"),
        (b"bytes", "a bytes is not plain JSON data"),
        (Colour.RED, "a Colour is not plain JSON data"),
        (object(), "a object is not plain JSON data"),
    ],
)
@pytest.mark.parametrize(
    ("wrap", "path"),
    [
        (lambda value: value, ""),
        (lambda value: {"order": {"items": [0, value]}}, "order.items[1]"),
        (lambda value: [(value,)], "[0][0]"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_its_place(value, what, wrap, path):
    with pytest.raises(InvalidValueError) as refused:
        encode_value(wrap(value))

    assert str(refused.value) == (f"{path}: {what}" if path else what)
    assert refused.value.path == path


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"a": {3: 1}}, "input.a: the key 3 is not text"),
        ({"a": {None: 1}}, "input.a: the key None is not text"),
        ({"a": {"b\ud800": 1}}, "text with a lone surrogate"),
        ({"a": {"b\x00": 1}}, "text with a NUL character"),
    ],
)
def test_a_key_that_cannot_be_kept_is_refused(value, text):
    with pytest.raises(InvalidValueError) as refused:
        encode_value(value, "input")

    assert str(refused.value).endswith(text)
    assert refused.value.path.startswith("input.a")


def test_nesting_is_refused_from_a_depth_on():
    check_value(nested(MAX_DEPTH))
    with pytest.raises(InvalidValueError, match="nested deeper than 64 levels") as refused:
        check_value(nested(MAX_DEPTH + 1))

    assert refused.value.path == "[0]" * MAX_DEPTH


def test_objects_nest_like_lists():
    value = 1
    for _ in range(MAX_DEPTH + 1):
        value = {"a": value}

    with pytest.raises(InvalidValueError, match="nested deeper than 64 levels"):
        check_value(value)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("{", "not JSON: Expecting property name"),
        ("", "not JSON: Expecting value"),
        ('{"a": NaN}', "not JSON: NaN is not a JSON number"),
        ("-Infinity", "not JSON: -Infinity is not a JSON number"),
        ("1e999", "inf is not a JSON number"),
        (b"\xff\xfe\xff", "not JSON: "),
        ("[" * 100_000, "not JSON: "),
        ("1" * 4_001, "not JSON: an integer of more than 4000 digits"),
        ("-" + "1" * 4_001, "not JSON: an integer of more than 4000 digits"),
        ('{"a": "\\u0000"}', "body.a: text with a NUL character"),
        ('["\\ud800"]', "body[0]: text with a lone surrogate"),
    ],
)
def test_a_text_from_outside_is_refused_with_the_reason(text, what):
    with pytest.raises(InvalidValueError) as refused:
        parse(text, "body")

    assert what in str(refused.value)
    assert refused.value.path.startswith("body")


@pytest.mark.parametrize("text", ['{"a": [1, "é"]}', '{"a": [1, "é"]}'.encode()])
def test_a_text_from_outside_may_be_bytes(text):
    assert parse(text) == {"a": [1, "é"]}


def test_a_number_with_a_fraction_is_refused_by_nobody():
    assert parse("[1.5, -0.0, 1e3]") == [1.5, 0.0, 1000.0]


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("plain é", "plain é"),
        ("a\x00b", "a\ufffdb"),
        ("a\ud800b", "a?b"),
        ("\x00\x00", "\ufffd" * 2),
    ],
)
def test_a_cleaned_text_can_be_kept(text, clean):
    assert clean_text(text) == clean
    check_value(clean_text(text))


@given(st.text(st.characters()))
def test_any_text_can_be_kept_once_it_is_cleaned(text):
    check_value(clean_text(text))


def test_what_is_written_is_json():
    assert json.loads(encode({"a": [1, None]})) == {"a": [1, None]}


def test_without_the_encoder_in_c_the_texts_are_the_same(monkeypatch):
    value = {"é": [1, 2.5, None, True, 10**30], "b": {}}
    monkeypatch.setattr(json.encoder, "c_make_encoder", None)

    assert encoding._make_encoder()(value) == encoding.encode(value)
