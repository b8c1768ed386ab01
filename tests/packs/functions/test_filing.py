"""Text, JSON and CSV files."""

import tempfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perdure.errors import InvalidInputError
from perdure.packs.functions import filing
from perdure.packs.functions.filing import (
    read_csv,
    read_json,
    read_text,
    write_csv,
    write_json,
    write_text,
)


@pytest.fixture
def put(tmp_path):
    def put(content, name="a"):
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(tmp_path / name)

    return put


def refused(call, *arguments, **options):
    with pytest.raises(InvalidInputError) as raised:
        call(*arguments, **options)
    return str(raised.value)


def test_a_text_is_written_and_read(tmp_path):
    path = str(tmp_path / "a.txt")

    assert write_text("grüße\n", path=path) == {"path": path, "bytes": 8}
    assert read_text(path) == "grüße\n"


def test_lines_and_marks_of_other_systems_are_made_even(put):
    assert read_text(put(b"\xef\xbb\xbfa\r\nb\rc")) == "a\nb\nc"


def test_other_encodings_are_read_when_named(put):
    path = put("Müller".encode("latin-1"))

    assert "is no text in utf-8, at byte 1" in refused(read_text, path)
    assert read_text(path, encoding="latin-1") == "Müller"


def test_a_file_that_no_result_can_hold_is_refused(put, monkeypatch):
    monkeypatch.setattr(filing, "MOST_BYTES", 4)

    assert "has more than" in refused(read_text, put("12345"))


def test_json_is_written_and_read_exactly(tmp_path):
    path = str(tmp_path / "a.json")
    value = {"n": 2**70, "ü": [1.5, None, True]}
    write_json(value, path=path)

    assert read_json(path) == value
    assert (tmp_path / "a.json").read_text(encoding="utf-8").startswith('{\n  "n": 118')


def test_json_may_stand_in_lines(tmp_path):
    path = str(tmp_path / "a.jsonl")
    write_json([{"a": 1}, 2], path=path, lines=True)

    assert (tmp_path / "a.jsonl").read_text() == '{"a":1}\n2\n'
    assert read_json(path, lines=True) == [{"a": 1}, 2]
    assert "must be a list" in refused(write_json, {"a": 1}, path=path, lines=True)


def test_json_may_stand_on_one_line(tmp_path):
    write_json({"a": [1]}, path=str(tmp_path / "a"), indent=0)

    assert (tmp_path / "a").read_text() == '{"a": [1]}\n'


def test_what_is_no_json_is_told_with_its_line(put):
    assert "not JSON" in refused(read_json, put("{"))
    assert "line 3: not JSON" in refused(read_json, put('1\n\n{"a"'), lines=True)
    assert "NaN is not a JSON number" in refused(read_json, put("NaN"))


def test_csv_is_read_as_objects(put):
    path = put('name,year,note\nAda,1815,"a ""b""\nc, d"\n\nBob,,x\n')

    assert read_csv(path) == [
        {"name": "Ada", "year": "1815", "note": 'a "b"\nc, d'},
        {"name": "Bob", "year": "", "note": "x"},
    ]


def test_columns_have_types_if_named(put):
    path = put("n;x;ok\n1;1.5;true\n;;\n")
    types = {"n": "integer", "x": "number", "ok": "boolean"}

    assert read_csv(path, delimiter=";", types=types) == [
        {"n": 1, "x": 1.5, "ok": True},
        {"n": None, "x": None, "ok": None},
    ]


@pytest.mark.parametrize(
    ("text", "options", "told"),
    [
        ("a,a\n1,2\n", {}, "two columns 'a'"),
        ("a,b\n1\n", {}, "line 2 has 1 values, and 2 columns are named"),
        ("a\n1,2\n", {}, "line 2 has 2 values"),
        ('a\n"x', {}, "line 2: unexpected end of data"),
        ("a\nx\n", {"types": {"a": "integer"}}, "line 2: 'x' is no integer"),
        ("a\nyes\n", {"types": {"a": "boolean"}}, "'yes' is no boolean"),
        ("a\n1\n", {"types": {"b": "integer"}}, "parameters.types: names 'b', which is no column"),
    ],
)
def test_what_is_no_such_table_is_told(put, text, options, told):
    assert told in refused(read_csv, put(text), **options)


def test_an_empty_file_has_no_rows(put):
    assert read_csv(put("")) == []


def test_csv_is_written_with_all_columns(tmp_path):
    path = str(tmp_path / "a.csv")
    rows = [{"a": 1, "b": None}, {"b": True, "c": {"x": [1]}}]
    write_csv(rows, path=path)

    assert (tmp_path / "a.csv").read_text() == 'a,b,c\n1,,\n,true,"{""x"":[1]}"\n'
    write_csv(rows, path=path, columns=["c", "a"])
    assert (tmp_path / "a.csv").read_text().startswith("c,a\n")


NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=5)


@settings(deadline=None, max_examples=50)  # each example waits for the disk
@given(st.lists(st.fixed_dictionaries({"a": NAMES, "b": NAMES})))
def test_text_comes_back_from_csv_as_it_was(rows):
    with tempfile.TemporaryDirectory() as folder:
        write_csv(rows, path=f"{folder}/a.csv", columns=["a", "b"])

        assert read_csv(f"{folder}/a.csv") == rows
