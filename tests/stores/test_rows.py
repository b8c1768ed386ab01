"""Rows as JSON arrays, and what is refused."""

import json

import pytest

from perdure.ports.commit import InboxMade
from perdure.stores.rows import encode_rows, is_odd, refuse_odd


def test_named_tuples_become_arrays():
    assert encode_rows([InboxMade("r1", "m", None, "k")]) == '[["r1","m",null,"k"]]'


def test_no_rows_are_an_empty_array():
    assert encode_rows([]) == "[]"


@pytest.mark.parametrize("rows", [[("r1", "a\0b")], [("r1", 1), ("r2", "\0")]])
def test_a_nul_is_refused(rows):
    with pytest.raises(ValueError, match="NUL"):
        encode_rows(rows)


@pytest.mark.parametrize("text", ["\ud800", "a\udfff"])
def test_a_lone_surrogate_is_refused(text):
    with pytest.raises(ValueError, match="surrogates"):
        encode_rows([("r1", text)])


def test_the_escape_of_a_nul_within_a_json_text_is_only_text():
    assert encode_rows([("r1", '"a\\u0000b"')]) == '[["r1","\\"a\\\\u0000b\\""]]'


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_what_is_no_number_becomes_a_text_that_no_column_for_numbers_takes(number):
    assert isinstance(json.loads(encode_rows([("r1", number)]))[0][1], str)


@pytest.mark.parametrize("number", [0.1 + 0.2, 1_700_000_000.1234567, 1e300, 5e-324, (1 << 63) - 1])
def test_numbers_stay_exact(number):
    assert json.loads(encode_rows([("r1", number)])) == [["r1", number]]


def test_odd_rows_are_told_from_others():
    assert is_odd(("r1", "a\0"))
    assert is_odd((float("nan"),))
    assert not is_odd(("r1", 1, 1.5, None, "\\u0000"))


def test_an_odd_row_among_others_is_refused_and_named():
    with pytest.raises(ValueError, match="NUL.*'b'"):
        refuse_odd([("a", 1), ("b", "x\0")])

    refuse_odd([("a", 1), ("b", "x")])
