"""Inputs and options of a start, told apart."""

from dataclasses import replace

import pytest

from perdure.app.starting import StartOptions, tell_apart
from perdure.errors import InvalidValueError
from tests.app.scenes import PATIENCE, adding, engine_of

FLOW = replace(adding(), takes=frozenset({"n", "priority"}))


def test_keywords_are_inputs_and_options():
    inputs, options = tell_apart(FLOW, None, {"n": 1, "idempotency_key": "k"})

    assert inputs == {"n": 1}
    assert options == StartOptions(idempotency_key="k")


def test_a_name_that_the_workflow_takes_is_its_input():
    assert tell_apart(FLOW, None, {"priority": "high"})[0] == {"priority": "high"}
    assert tell_apart(adding(), None, {"priority": 3}) == ({}, StartOptions(priority=3))


def test_with_inputs_every_keyword_is_an_option():
    given = {"priority": 5}

    assert tell_apart(FLOW, {"priority": "high"}, given) == (
        {"priority": "high"},
        StartOptions(priority=5),
    )
    assert tell_apart(FLOW, {}, {}) == ({}, StartOptions())


@pytest.mark.parametrize(
    ("inputs", "given", "said"),
    [
        (None, {"priority": "high"}, r"priority: .*whole number.*inputs=\{\"priority\": \.\.\.\}"),
        (None, {"idempotency_key": 5}, r"idempotency_key: .*text"),
        (None, {"unique_key": ""}, r"unique_key: .*text"),
        (None, {"fair_key": ""}, r"fair_key: .*text"),
        (None, {"priority": 10**7}, r"priority: .*up to 1,000,000"),
        (None, {"on_conflict": "return"}, r"on_conflict: .*Give the unique_key, too"),
        (None, {"on_conflict": "ignore"}, r"on_conflict: .*one of refuse, return, replace"),
        (None, {"attributes": ["a"]}, r"attributes: .*a mapping"),
        ({}, {"priorty": 5}, "priorty: .*Did you mean 'priority'"),
        ({}, {"n": 5}, r"n: .*Put it into inputs"),
        ([1], {}, r"takes a mapping of all inputs by name, not \[1\]"),
    ],
)
def test_what_cannot_be_meant_is_refused(inputs, given, said):
    with pytest.raises(InvalidValueError, match=said):
        tell_apart(adding(), inputs, given)


def test_an_engine_starts_with_both():
    with engine_of(replace(adding(), takes=frozenset({"priority"}))) as engine:
        one = engine.start("adding", n=1, priority="high")
        two = engine.start("adding", inputs={"n": 1, "idempotency_key": "mine"}, priority=7)

        assert one.result(PATIENCE) == {"n": 2, "priority": "high"}
        assert two.result(PATIENCE) == {"n": 2, "idempotency_key": "mine"}
        assert engine.loaded(two.id).row.priority == 7
