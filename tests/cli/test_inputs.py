"""NAME=TEXT, NAME:=JSON, and files of inputs."""

import pytest

from perdure.cli import inputs
from perdure.cli.inputs import read_inputs, read_pairs
from perdure.errors import ConfigError, InvalidValueError


@pytest.mark.parametrize(
    ("pair", "value"),
    [
        ("a=text", "text"),
        ("a=", ""),
        ("a=5", "5"),
        ("a=b=c", "b=c"),
        ("a=x:=y", "x:=y"),
        ("a:=5", 5),
        ("a:=12345678901234567890123", 12345678901234567890123),
        ("a:=[1, null, true]", [1, None, True]),
        ('a:={"b": "ü"}', {"b": "ü"}),
        ('a:="5"', "5"),
    ],
)
def test_a_pair_is_text_unless_it_says_json(pair, value):
    assert read_pairs([pair], "inputs") == {"a": value}


@pytest.mark.parametrize("pair", ["a", "=b", ":=5", "", "a:5"])
def test_what_is_no_pair_is_refused_with_an_example(pair):
    with pytest.raises(ConfigError, match=r"NAME=TEXT or NAME:=JSON\. Write it as in"):
        read_pairs([pair], "inputs")


@pytest.mark.parametrize("text", ["NaN", "{", "", "[1,]", "1e999", '"\\ud800"', "[" * 100])
def test_json_that_cannot_be_kept_is_refused_with_its_name(text):
    with pytest.raises(InvalidValueError, match=r"inputs\.a"):
        read_pairs([f"a:={text}"], "inputs")


def test_text_that_cannot_be_kept_is_refused_with_its_name():
    with pytest.raises(InvalidValueError, match=r"payload\.a: .*surrogate"):
        read_pairs(["a=\udcff"], "payload")


def test_a_file_is_read_and_pairs_win(tmp_path):
    file = tmp_path / "in.json"
    file.write_text('\ufeff{"a": 1, "b": 2}', encoding="utf-8")

    assert read_inputs(["b=two"], file) == {"a": 1, "b": "two"}


@pytest.mark.parametrize("raw", [b"[1]", b"nope", b"\xff\xfe", b'{"a": NaN}'])
def test_a_file_that_holds_no_inputs_is_refused_with_its_name(tmp_path, raw):
    file = tmp_path / "in.json"
    file.write_bytes(raw)

    with pytest.raises(InvalidValueError, match=r"in\.json"):
        read_inputs([], file)


def test_a_file_that_is_missing_a_folder_or_too_large_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(inputs, "MOST_BYTES", 2**20)
    (tmp_path / "large.json").write_bytes(b" " * (2**20 + 1))

    for name, told in [("none.json", "No such file"), (".", "directory"), ("large.json", "1 MiB")]:
        with pytest.raises(ConfigError, match=told):
            read_inputs([], tmp_path / name)
