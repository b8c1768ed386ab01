"""Files and texts become plain data, or an error that names the place; never a hang."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perdure.authoring.graphs.findings import MAX_KEPT
from perdure.authoring.graphs.reading import MAX_BYTES, read_data, read_file, read_text
from perdure.errors import InvalidDefinitionError
from perdure.wire.encoding import MAX_DEPTH, encode


def refused(read, *values, **more):
    with pytest.raises(InvalidDefinitionError) as raised:
        read(*values, **more)
    return [str(problem) for problem in raised.value.problems]


def test_a_json_text_becomes_its_data():
    big = "123456789012345678901234567890"

    assert read_text(f'{{"a": [1, 2.5, true, null, "x"], "big": {big}}}') == {
        "a": [1, 2.5, True, None, "x"],
        "big": int(big),
    }


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "line 1, column 1: not JSON: Expecting value."),
        ('{"a": 1,\n "b": }', "line 2, column 7: not JSON: Expecting value."),
        ('{"a": "x', "line 1, column 7: not JSON: Unterminated string starting at."),
        ('{"a": NaN}', "a: NaN is not a JSON number."),
        ('{"a": [1, {"b c": -Infinity}]}', 'a[1]["b c"]: -Infinity is not a JSON number.'),
        ('{"a": 1e999}', "a: inf is not a JSON number."),
        ('{"a": "x\\u0000"}', "a: text with a NUL character."),
        ('{"a": ["\\ud800"]}', "a[0]: text with a lone surrogate."),
        ('{"a\\u0000": 1}', '["a\ufffd"]: text with a NUL character.'),
        (f'{{"a": {"9" * 4_001}}}', "a: an integer of more than 4,000 digits."),
        ('{"a": {"b": 1, "c": 2, "b": 3}}', "a.b: stands twice in the same object."),
        ('{"a": 1} x', "line 1, column 10: not JSON: Extra data."),
    ],
)
def test_what_is_wrong_with_a_json_text_is_told_with_its_place(text, problem):
    assert refused(read_text, text) == [problem]


def test_all_values_that_cannot_be_kept_are_told():
    assert refused(read_text, '{"a": NaN, "b": ["\\u0000", {"c": 1, "c": Infinity}]}') == [
        "a: NaN is not a JSON number.",
        "b[0]: text with a NUL character.",
        "b[1].c: stands twice in the same object.",
        "b[1].c: Infinity is not a JSON number.",
    ]


def test_many_values_that_cannot_be_kept_are_counted():
    told = refused(read_text, f"[{','.join(['NaN'] * 5_000)}]")

    assert len(told) == MAX_KEPT + 1
    assert told[-1] == "and 4,900 more like these."


@pytest.mark.parametrize("is_yaml", [False, True])
def test_nesting_is_bound_before_it_is_parsed(is_yaml):
    """10,000 levels would overflow a stack."""
    edge = "[" * MAX_DEPTH + "]" * MAX_DEPTH
    deep = "\n  " + "[" * 10_000 + "]" * 10_000

    assert read_text(edge, is_yaml=is_yaml)
    (told,) = refused(read_text, deep, is_yaml=is_yaml)
    assert re.fullmatch(r"line 2, column \d+: nested deeper than 64 levels\.", told)


def test_brackets_in_texts_do_not_nest():
    assert read_text(encode({"a": "[" * 100 + '"\\' + "{" * 100})) == {
        "a": "[" * 100 + '"\\' + "{" * 100
    }


@pytest.mark.parametrize(
    "text",
    [
        '"' + '\\"' * 900_000,
        '"' * 1_000_000,
        "\\" * 1_000_000,
        '{"a":' * 60 + '"' + "\\\\" * 900_000,
    ],
    ids=["open quote", "quotes", "backslashes", "open text"],
)
def test_no_text_takes_long_to_refuse(text):
    assert refused(read_text, text)


def test_a_definition_has_a_most_size(tmp_path):
    path = tmp_path / "big.json"
    path.write_text('{"name": "' + "x" * 5_000_000 + '"}')

    assert refused(read_file, path) == [
        (
            f"{str(path)!r} has 5,000,012 bytes; a definition has at most 2,097,152. "
            "Keep data out of it, and give them as inputs"
        )
    ]
    assert refused(read_text, "x" * (MAX_BYTES + 1)) == [
        "a definition has at most 2,097,152 characters, this has 2,097,153."
    ]


def test_a_definition_has_a_most_number_of_values():
    assert refused(read_text, f"[{'1,' * 300_000}1]") == [
        "[199999]: a definition has at most 200,000 values."
    ]


def test_the_ending_of_a_files_name_says_what_it_is(tmp_path):
    yamls = dict.fromkeys(("a.yaml", "a.YML", "a.flow", "a"), "a: 1")
    for name, text in {**yamls, "a.json": '{"a": 1}', "b": '\n{"a": 1}'}.items():
        (tmp_path / name).write_text(text)

        assert read_file(tmp_path / name) == {"a": 1}
    (tmp_path / "bom.json").write_bytes(b'\xef\xbb\xbf{"a": 1}')

    assert read_file(str(tmp_path / "bom.json")) == {"a": 1}


def test_a_file_that_is_not_there_is_told_with_its_neighbour(tmp_path, monkeypatch):
    (tmp_path / "paper.json").write_text("{}")
    monkeypatch.chdir(tmp_path)

    assert refused(read_file, "papre.json") == [
        "there is no file 'papre.json'. Did you mean 'paper.json'?"
    ]
    assert refused(read_file, "zzz") == [f"there is no file 'zzz'. Looked in {str(tmp_path)!r}"]
    assert refused(read_file, "no/x.json") == [
        "there is no file 'no/x.json'. Nor is there a folder 'no'"
    ]


def test_what_is_no_file_of_text_is_told(tmp_path):
    (tmp_path / "latin.json").write_bytes(b'{"a": "\xe4"}')
    (tmp_path / "link.json").symlink_to(tmp_path / "link.json")

    assert refused(read_file, tmp_path) == [f"{str(tmp_path)!r} is no file."]
    assert refused(read_file, "/dev/zero") == ["'/dev/zero' is no file."]
    assert refused(read_file, "a\0b") == ["'a\\x00b' cannot be read: embedded null byte."]
    assert "cannot be read" in refused(read_file, tmp_path / "link.json")[0]
    assert refused(read_file, tmp_path / "latin.json") == [
        f"{str(tmp_path / 'latin.json')!r} is no UTF-8 text, at byte 7."
    ]


def test_a_file_that_cannot_be_opened_is_told(tmp_path, monkeypatch):
    """As another user's file is; tests may run as one who can open all."""
    path = tmp_path / "mine.json"
    path.write_text("{}")

    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.open", refuse)

    assert refused(read_file, path) == [f"{str(path)!r} cannot be read: Permission denied."]


def test_data_are_copied_as_plain_values():
    given = {"a": (1, 2), "b": {"c": [3]}}

    made = read_data(given)

    assert made == {"a": [1, 2], "b": {"c": [3]}}
    assert made["b"] is not given["b"]


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ({"a": {1, 2}}, "a: a set is not plain JSON data."),
        ({"a": object()}, "a: a object is not plain JSON data."),
        ({"a": {None: 1}}, "a: the name 'None' is not text. Put it in quotes"),
        ({"a": float("inf")}, "a: inf is not a JSON number."),
    ],
)
def test_data_that_are_no_json_are_told(data, problem):
    assert refused(read_data, data, name="x") == [problem]


def test_data_that_hold_themselves_end():
    ring = {}
    ring["me"] = ring
    wide = ["x"]
    for _ in range(20):
        wide = [wide] * 10

    assert "nested deeper than 64 levels" in refused(read_data, ring)[0]
    assert "at most 200,000 values" in refused(read_data, wide)[0]


@settings(deadline=None)
@given(st.text(max_size=100) | st.text(alphabet='[]{}",:\\ \n-&*a1', max_size=40), st.booleans())
def test_any_text_is_data_or_refused(text, is_yaml):
    try:
        data = read_text(text, is_yaml=is_yaml)
    except InvalidDefinitionError as error:
        told = [str(problem) for problem in error.problems]
    else:
        told = ["nothing"]
        assert read_text(encode(data)) == data

    assert all(told)
    assert told
