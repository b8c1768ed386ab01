"""YAML that is safe: YAML 1.2's plain types, aliases within bounds, no objects, every place."""

import pytest

from perdure.authoring.graphs.yamls import UnreadableError, read_yaml


def refused(text):
    with pytest.raises(UnreadableError) as raised:
        read_yaml(text)
    return f"{raised.value.place}: {raised.value.message}"


def test_plain_values_are_those_of_yaml_1_2():
    """`on` is no truth, `1:30` no number and `2024-01-15` no date: all of them are text."""
    text = """
    text: [on, yes, NO, 1:30, 0x1F, 1_000, 2024-01-15, "1", 'true', x y]
    null: [~, null, Null, ]
    truth: [true, False]
    numbers: [1, -2, 0777, 1.5, .5, 1e3, -1.0E-2]
    """

    assert read_yaml(text) == {
        "text": ["on", "yes", "NO", "1:30", "0x1F", "1_000", "2024-01-15", "1", "true", "x y"],
        None: [None, None, None],
        "truth": [True, False],
        "numbers": [1, -2, 777, 1.5, 0.5, 1000.0, -0.01],
    }


def test_block_texts_and_comments_are_read():
    assert read_yaml("a: |  # a prompt\n  one\n  two\nb: >\n  x\n  y\n") == {
        "a": "one\ntwo\n",
        "b": "x y\n",
    }


def test_an_empty_text_is_nothing():
    assert read_yaml("") is None
    assert read_yaml("# nothing here") is None


def test_aliases_and_merges_are_unfolded():
    text = """
    base: &base {model: m, parameters: {n: 1}}
    steps:
      - {<<: *base, id: a}
      - {<<: *base, id: b, model: q}
    again: *base
    """

    data = read_yaml(text)

    assert data["steps"][0] == {"id": "a", "model": "m", "parameters": {"n": 1}}
    assert data["steps"][1]["model"] == "q"
    assert data["again"] == data["base"]


def laughter(first, line):
    rows = [f"a: &a {first}"]
    rows += [
        f"{name}: &{name} " + line.format(", ".join(["*" + before] * 9))
        for before, name in zip("abcdefghi", "bcdefghij", strict=True)
    ]
    return "\n".join(rows)


@pytest.mark.parametrize(
    "text",
    [laughter("[ha, ha]", "[{}]"), laughter("{x: 1, y: 2}", "{{<<: [{}]}}")],
    ids=["lists", "merges"],
)
def test_laughter_is_refused_before_it_is_unfolded(text):
    told = refused(text)

    assert "a definition has at most 200,000 values, aliases unfolded" in told
    assert told.startswith("line 6, column ")


def test_many_values_are_refused():
    assert "at most 200,000 values" in refused("- x\n" * 200_001)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: &a [*a]", "line 1, column 8: the alias '*a' names nothing that ended before it"),
        ("a: *b", "line 1, column 4: the alias '*b' names nothing that ended before it"),
        ("a: 1\nb: 2\na: 3", "line 3, column 1: 'a' stands twice in the same object"),
        ("x:\n  - {a: 1, a: 2}", "line 2, column 12: 'a' stands twice in the same object"),
        ("a: [1, 2", "line 2, column 1: not YAML: did not find expected ',' or ']'"),
        ("a:\n\t- b", "line 2, column 1: not YAML: found character that cannot start any token"),
        ("a: 1\n---\nb: 2", "line 2, column 1: not YAML: but found another document"),
        ("? [a, b]\n: c", "line 1, column 3: not YAML: found unhashable key"),
        (f"a: {'9' * 4_001}", "line 1, column 4: an integer of more than 4,000 digits"),
        (
            "!!python/object/apply:os.system [ls]",
            (
                "line 1, column 1: not YAML: could not determine a constructor for the tag "
                "'tag:yaml.org,2002:python/object/apply:os.system'"
            ),
        ),
        ("a: !mine x", "line 1, column 4: not YAML: could not determine a constructor for the tag"),
        ("a: !!float x", ": not YAML: could not convert string to float: 'x'"),
        ("a: !!int 1:2", ": not YAML: invalid literal for int()"),
        ("a: x\x00", ": not YAML: "),
    ],
)
def test_what_is_wrong_with_a_yaml_text_is_told_with_its_place(text, problem):
    assert refused(text).startswith(problem)


def test_a_deep_block_is_refused():
    text = "\n".join(" " * depth + "a:" for depth in range(2_000))

    assert refused(text) == "line 65, column 65: nested deeper than 64 levels"


def test_a_text_of_sixties_is_no_number():
    """YAML 1.1 would compute for minutes."""
    text = "1" + ":59" * 500_000

    assert read_yaml(f"a: {text}") == {"a": text}
