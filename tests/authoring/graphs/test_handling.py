"""Both shapes of error handling come to one policy; the step's and the nested one win."""

import pytest

from perdure.authoring.graphs.drafts import read_drafts
from perdure.authoring.graphs.findings import Findings
from perdure.authoring.graphs.handling import chain, check_fallbacks, handling
from perdure.authoring.graphs.models import ErrorHandling
from perdure.kernel.plan import NO_RETRY
from tests.authoring.graphs.support import ask, define


def handled(workflow=None, step=None):
    said = [ErrorHandling.model_validate(part) if part else None for part in (workflow, step)]
    return handling(*said)


NESTED = {
    "retry_policy": {
        "max_retries": 5,
        "retry_delay_seconds": 30,
        "backoff_multiplier": 3,
        "retry_on_errors": ["timeout", "rate_limit"],
    }
}


def test_nothing_said_is_no_retry_and_no_fallback():
    made = handled()

    assert made.retry is NO_RETRY
    assert dict(made.fallbacks) == {}
    assert made.retry_on is None
    assert not made.on_failure


def test_the_flat_shape_counts_retries_after_the_first_attempt():
    """S004-57, A004-18, A004-19: delay 1 s, multiplier 2."""
    made = handled({"retry_failed_steps": True, "max_retries": 3})

    assert made.retry.max_attempts == 4
    assert [made.retry.delay(attempt, "") for attempt in (1, 2, 3)] == [1.0, 2.0, 4.0]


@pytest.mark.parametrize(
    ("said", "attempts"),
    [
        ({"retry_failed_steps": True}, 4),
        ({"max_retries": 1}, 2),
        ({"max_retries": 0}, 1),
        ({"retry_failed_steps": False, "max_retries": 3}, 1),
        ({"fallback_models": {"a": "b"}}, 1),
    ],
)
def test_the_flat_shape_may_say_half(said, attempts):
    assert handled(said).retry.max_attempts == attempts


def test_the_nested_shape_says_when_and_after_what():
    """S004-58."""
    made = handled(NESTED)

    assert made.retry.max_attempts == 6
    assert [made.retry.delay(attempt, "") for attempt in (1, 2, 3)] == [30.0, 90.0, 270.0]
    assert made.retry_on == ("timeout", "rate_limit")


@pytest.mark.parametrize(
    ("kinds", "again"), [(None, True), (["timeout"], True), (["rate_limit"], False)]
)
def test_an_attempt_that_took_too_long_is_an_error_like_those_that_are_named(kinds, again):
    """S004-58, S004-59: `timeout` is one of the kinds, though the engine raises it."""
    made = handled({"retry_policy": {"max_retries": 2, "retry_on_errors": kinds}})

    assert made.retry.on_timeout is again


def test_a_delay_longer_than_the_longest_back_off_is_kept():
    made = handled({"retry_policy": {"retry_delay_seconds": 86_400}})

    assert made.retry.delay(1, "") == 86_400.0
    assert made.retry.delay(3, "") == 86_400.0


def test_the_nested_shape_wins_over_the_flat_one():
    made = handled({"retry_failed_steps": False, "max_retries": 1, **NESTED})

    assert made.retry.max_attempts == 6


def test_the_step_wins_over_the_workflow():
    assert handled(NESTED, {"max_retries": 1}).retry.max_attempts == 2
    assert handled({"max_retries": 1}, NESTED).retry.max_attempts == 6
    assert handled(NESTED, {"retry_failed_steps": False}).retry is NO_RETRY
    assert handled(NESTED, {"fallback_models": {"a": "b"}}).retry.max_attempts == 6


def test_tables_are_put_together_name_by_name():
    made = handled(
        {"fallback_models": {"a": "b", "c": "d"}},
        {"fallback_strategy": {"fallback_models": {"a": "x"}}},
    )

    assert dict(made.fallbacks) == {"a": "x", "c": "d"}
    assert made.on_failure


def test_a_strategy_that_is_off_empties_the_tables():
    """S004-60."""
    off = {"fallback_models": {"a": "b"}, "fallback_strategy": {"enabled": False}}

    assert dict(handled(off).fallbacks) == {}
    assert dict(handled({"fallback_models": {"a": "b"}}, off).fallbacks) == {}
    assert dict(handled(off, {"fallback_models": {"q": "r"}}).fallbacks) == {"q": "r"}
    assert not handled(off).on_failure


def test_fallbacks_are_followed_on_and_on():
    """A004-20."""
    table = {"gpt-4": "gpt-3.5-turbo", "gpt-3.5-turbo": "builtin/summary", "x": "y"}

    assert chain("gpt-4", table) == ["gpt-3.5-turbo", "builtin/summary"]
    assert chain("builtin/summary", table) == []
    assert chain("a", {"a": "b", "b": "a"}) == ["b"]


def rings(data):
    findings = Findings()
    check_fallbacks(data, read_drafts(data, findings), findings)
    return [str(problem) for problem in findings.errors]


@pytest.mark.parametrize(
    ("handling", "problem"),
    [
        (
            {"fallback_models": {"a": "b", "b": "c", "c": "b"}},
            "error_handling.fallback_models.c: fallback models lead in a ring: b -> c -> b.",
        ),
        (
            {"fallback_models": {"a": "a"}},
            "error_handling.fallback_models.a: fallback models lead in a ring: a -> a.",
        ),
        (
            {"fallback_models": {"a": "b"}, "fallback_strategy": {"fallback_models": {"b": "a"}}},
            (
                "error_handling.fallback_strategy.fallback_models.b: "
                "fallback models lead in a ring: a -> b -> a."
            ),
        ),
    ],
)
def test_fallbacks_that_lead_in_a_ring_are_told(handling, problem):
    assert rings({"error_handling": handling}) == [problem]


def test_a_ring_of_a_step_and_the_workflow_is_told_once():
    definition = define(
        ask("a", error_handling={"fallback_models": {"b": "a"}}),
        ask("b", error_handling={"fallback_models": {"b": "a"}}),
        ask("c", error_handling={"fallback_models": {"x": "y"}}),
        "no step",
        error_handling={"fallback_models": {"a": "b"}},
    )

    assert rings(definition) == [
        "steps[0].error_handling.fallback_models.b: fallback models lead in a ring: a -> b -> a."
    ]


def test_a_long_ring_is_told_in_short():
    table = {f"m{number}": f"m{(number + 1) % 900}" for number in range(900)}

    (told,) = rings({"error_handling": {"fallback_models": table}})

    assert told.endswith("m10 -> m11 -> ... -> m0.")


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"error_handling": []},
        {"error_handling": {"fallback_models": ["a"]}},
        {"error_handling": {"fallback_models": {"a": 1}, "fallback_strategy": 2}},
        {"steps": 3},
        {"error_handling": {"fallback_models": {"a": "b", "c": "b", "b": "d"}}},
    ],
)
def test_tables_of_wrong_shape_make_no_rings(data):
    assert rings(data) == []
