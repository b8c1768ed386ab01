"""Conditions: CEL over values that references name, within bounds, and told in the author's words."""

import time

import pytest

from perdure.authoring.graphs.conditions import (
    MAX_CONDITION,
    BadConditionError,
    ConditionError,
    holds,
    read_condition,
)
from perdure.kernel.filling import MissingReferenceError, OversizeError
from perdure.kernel.references import BadReferenceError, Root

VALUES = {
    "a": {"label": "POSITIVE", "score": 0.9, "n": 3, "tags": ["x", "y"], "none": None, "ok": True},
    "big": 2**60,
    "list": [{"v": 1}, {"v": 5}],
    "text": "Hello ${a.result.label}",
}


def lookup(reference):
    return {"limit": 2} if reference.root is Root.INPUT else VALUES[reference.step]


def decide(text):
    return holds(read_condition(text), lookup)


@pytest.mark.parametrize(
    "text",
    [
        "${a.result.label} == 'POSITIVE'",
        '${ a.result.label } == "POSITIVE" && ${a.result.score} > 0.5',
        "!(${a.result.n} < 3) || false",
        "${a.result.n} == 3",
        "${a.result.n} + 1.0 > 3.5",
        "${a.result.n} > ${workflow.input.limit}",
        "size(${a.result.tags}) == 2",
        "'x' in ${a.result.tags}",
        "${a.result}.label.startsWith('POS')",
        "${a.result.label}.contains('SIT')",
        "${a.result.none} == null",
        "${a.result.ok}",
        "has(${a.result.label}) && !has(${a.result.lable})",
        "!has( ${a.result.lable} ) || ${a.result.lable} == 'x'",
        "has(${a.result}.label)",
        "${list.result}.exists(item, item.v > 4.0)",
        "${list.result}.filter(i, i.v > 4).size() == 1 && ${list.result}.all(i, i.v > 0)",
        "${list.result[1].v} == 5 ? true : false",
        "${big.result} == 1152921504606846976",
        "${a.result['label']} != 'and or not len'",
        "${text.result} == 'Hello $' + '{a.result.label}'",
        "type(${a.result.n}) == double",
        "true",
    ],
)
def test_a_condition_holds(text):
    """S004-35, A004-7."""
    assert decide(text) is True


@pytest.mark.parametrize("text", ["${a.result.label} == 'positive'", "${a.result.n} > 3", "false"])
def test_a_condition_does_not_hold(text):
    assert decide(text) is False


@pytest.mark.parametrize(
    ("text", "spelt"),
    [
        ("${a.result.n} > 1 and ${a.result.ok}", "Write ${a.result.n} > 1 && ${a.result.ok}"),
        ("not ${a.result.ok} or True", "Write !${a.result.ok} || true"),
        ("len(${a.result.tags}) = 2", "Write size(${a.result.tags}) == 2"),
        ("${a.result.none} === None", "Write ${a.result.none} == null"),
        ("${a.result.none} !== false", "Write ${a.result.none} != false"),
    ],
)
def test_other_spellings_are_told_with_cels(text, spelt):
    with pytest.raises(BadConditionError, match="conditions are CEL") as refused:
        read_condition(text)

    assert refused.value.suggestion == spelt


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("'${a.result.label}' == 'POSITIVE'", "a reference stands in quotes"),
        ("${a.label} == 1", "does not say what of 'a' is meant"),
        ("${a.result.label == 1", "'\\$' begins nothing"),
        ("${a.result.n} >", "is not CEL"),
        ("${a.result.label} == POSITIVE", "'POSITIVE' names nothing here"),
        ("a.result.label == 'x'", "'a' names nothing here"),
        ("lenght(${a.result}) == 1", "no function 'lenght' in conditions"),
        ("${a.result}.startWith('x')", "Did you mean 'startsWith'"),
        ("_ref0 == 1", "name of perdure's own"),
        ("${a.result}.all(x, x.exists(y, y))", "'exists' stands inside of another macro"),
        ("'x' == '" + "x" * MAX_CONDITION + "'", "at most 4,096 characters"),
    ],
)
def test_what_is_no_condition_is_told(text, what):
    with pytest.raises(BadReferenceError, match=what):
        read_condition(text)


def test_a_field_of_a_macros_name_is_no_macro():
    assert read_condition("${a.result}.map == 1").macros == 0
    assert read_condition("(${a.result}.map(x, x)).filter(x, x) == []").macros == 2


def test_a_missing_field_is_told_with_its_path():
    with pytest.raises(MissingReferenceError, match=r"a\.result\.lable.*Did you mean 'label'"):
        decide("${a.result.lable} == 'POSITIVE'")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("${a.result.label}", "came to 'POSITIVE', and not to true or false"),
        ("${a.result.label} > 3", "cannot be decided"),
        ("${a.result}.lable == 'x'", "cannot be decided"),
        ("${list.result[0].v}.contains('x')", r"cannot be decided"),
    ],
)
def test_a_condition_that_comes_to_nothing_is_an_invalid_input(text, what):
    with pytest.raises(ConditionError, match=what) as failed:
        decide(text)

    assert failed.value.kind == "invalid_input"


def given(text, **values):
    return holds(read_condition(text), lambda reference: values[reference.step])


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("${wide.result}.all(i, i >= 0)", "1,001 items, and with a macro at most 1,000"),
        ("(${half.result} + ${half.result}).all(i, i >= 0)", None),
        ("(${half.result} + ${more.result}).all(i, i >= 0)", "1,001 items"),
        ("${half.result}.all(i, i >= 0) && ${more.result}.all(i, i < 900)", "1,002 items"),
        ("${hundred.result}.filter(i, i > 5).size() > 1", None),
        (
            "${half.result}.filter(i, i > 5).size() > 1",
            "500 items, and with filter or map at most 100",
        ),
        ("size(${wide.result}) > 1000", None),
        ("size(${flat.result}) > 1", "more than 5,000 values"),
        ("${long.result} == ''", "more than 262,144 characters"),
    ],
)
def test_what_a_condition_reads_is_bounded(text, what):
    sizes = {"wide": 1_001, "half": 500, "more": 501, "hundred": 100, "flat": 5_000}
    values = {name: list(range(size)) for name, size in sizes.items()}
    values["long"] = "x" * 300_000

    if what is None:
        assert given(text, **values)
    else:
        with pytest.raises(OversizeError, match=what):
            given(text, **values)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("size(${v.result}.filter(i, i.label == 'POSITIVE' && i.score > 10.0)) > 3", 100),
        ("${v.result}.all(i, i.label == 'POSITIVE' && i.score >= 0.0)", 1_000),
        ("size(${v.result}) > 3", 1_600),
    ],
)
def test_the_widest_condition_takes_a_moment(text, count):
    """10 ms, at three times the measure for a machine that is busy."""
    values = [{"label": "POSITIVE", "score": float(number)} for number in range(count)]
    condition = read_condition(text)

    def once():
        started = time.thread_time()
        assert holds(condition, lambda _: values)
        return time.thread_time() - started

    assert min(once() for _ in range(5)) < 0.03
