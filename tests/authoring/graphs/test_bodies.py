"""Steps of a definition run from their plan alone: functions, models, and who stands in."""

import pytest

from perdure.authoring.functions import FunctionRegistry
from perdure.authoring.graphs.bodies import body_makers
from perdure.authoring.graphs.compiling import compile_definition
from perdure.authoring.graphs.failures import FunctionUnavailableError
from perdure.authoring.graphs.validation import examine
from perdure.authoring.plans import dump, load
from perdure.authoring.registry import Registry
from perdure.errors import (
    InvalidInputError,
    InvalidOutputError,
    ModelUnavailableError,
    RetryAfterError,
    TemporaryFailureError,
)
from perdure.kernel.directives import Choose, Next
from perdure.kernel.filling import MissingReferenceError, OversizeError
from tests.authoring.graphs.support import (
    Broken,
    Echo,
    Moody,
    ask,
    attempt,
    define,
    functions,
    gather,
    value_of,
    work_on,
)

ECHO = Echo("m", "q")


def plan_of(*steps, **more):
    examined = examine(define(*steps, **more), functions(), lambda: [ECHO])
    assert examined.errors == ()
    return compile_definition(examined.definition, examined.links, functions())


def body_of(plan, name, providers=(ECHO,), known=functions):
    """Return the body as a process finds it that has nothing but the stored plan."""
    registry = Registry()
    for kind, maker in body_makers(known, lambda: providers).items():
        registry.add_kind(kind, maker)
    stored = load(dump(plan), plan.hash)
    return registry.body(stored, stored.step(name))


def run(plan, name, providers=(ECHO,), number=1, **given):
    return body_of(plan, name, providers)(attempt(plan, name, number=number, **given))


def test_a_function_is_called_with_its_input_and_parameters():
    """S004-29."""
    plan = plan_of(
        work_on("a", "so ${workflow.input.t}", parameters={"times": "${workflow.input.n}"})
    )

    result = run(plan, "a", inputs={"t": "loud", "n": 3})

    assert isinstance(result.outcome, Next)
    assert value_of(result) == "SO LOUD!!!"
    assert result.meta == {"function": "test_shout"}


def test_an_input_of_the_wrong_type_is_refused_at_run_time():
    plan = plan_of(work_on("a", "${workflow.input.t}", parameters={"times": "${workflow.input.n}"}))

    with pytest.raises(InvalidInputError, match="input: input should be a valid string, got int 3"):
        run(plan, "a", inputs={"t": 3, "n": 1})
    with pytest.raises(InvalidInputError, match=r"parameters\.times"):
        run(plan, "a", inputs={"t": "x", "n": "1"})


def test_an_aggregation_gives_its_inputs_by_name():
    """S004-31."""
    plan = plan_of(
        ask("a"), gather("b", function="test_join", inputs={"x": "${a.result.n}", "y": [1]})
    )

    assert value_of(run(plan, "b", results={"a": {"n": 7}})) == {"x": 7, "y": [1]}


def test_an_aggregation_without_function_gives_its_inputs_back():
    plan = plan_of(ask("a"), gather("b", inputs={"x": "${a.result}"}))

    assert value_of(run(plan, "b", results={"a": "A"})) == {"x": "A"}


def test_an_aggregation_without_inputs_collects_what_it_depends_on():
    """S004-33, A004-4; a skipped step's result is null."""
    plan = plan_of(
        ask("a", parallel_group="g"),
        ask("b", parallel_group="g"),
        gather("c", depends_on=["g"]),
        gather("d", function="test_join", depends_on=["b", "a"]),
    )

    assert value_of(run(plan, "c", results={"a": {"n": 1}})) == {"a": {"n": 1}, "b": None}
    assert value_of(run(plan, "d", results={"a": 1, "b": 2})) == {"b": 2, "a": 1}


def test_a_model_gets_the_prompt_and_apart_the_instruction_and_the_values():
    plan = plan_of(
        ask("a"),
        ask(
            "b",
            "Compare ${a.result} to ${workflow.input.t}: ${a.result}",
            parameters={"max_tokens": "${workflow.input.n}"},
        ),
    )

    result = run(plan, "b", inputs={"t": "that", "n": 5}, results={"a": {"x": 1}})

    assert value_of(result) == {
        "prompt": 'Compare {"x":1} to that: {"x":1}',
        "instruction": "Compare  to :",
        "values": [{"x": 1}, "that"],
        "parameters": {"max_tokens": 5},
    }
    assert result.meta == {
        "model": "m",
        "model_used": "m",
        "provider": "echo",
        "method": "echo",
        "kind": "other",
        "note": "",
        "usage": {"tokens": 32},
        "cost": None,
        "cost_basis": "none",
        "tried": [],
    }


def test_a_model_without_input_is_asked_about_the_runs_inputs():
    """A004-44."""
    plan = plan_of({"id": "a", "type": "inference", "model": "m"})

    answer = value_of(run(plan, "a", inputs={"t": 1}))

    assert (answer["prompt"], answer["values"], answer["instruction"]) == (
        '{"t":1}',
        [{"t": 1}],
        "",
    )


FALLBACKS = {"fallback_models": {"gpt-4": "gpt-3.5", "gpt-3.5": "q"}}


def test_the_fallback_table_is_walked_until_a_model_is_there():
    """S004-57, A004-20: the result says who answered."""
    plan = plan_of(ask("a", model="gpt-4"), error_handling=FALLBACKS)

    loading = Broken(**{"gpt-3.5": ModelUnavailableError("loading")})
    meta = run(plan, "a", [loading, ECHO], inputs={"text": "x"}).meta

    assert (meta["model"], meta["model_used"], meta["provider"]) == ("gpt-4", "q", "echo")
    assert meta["tried"] == ["gpt-4 (no provider here has it)", "gpt-3.5 (loading)"]


def test_where_nobody_answers_all_that_was_tried_is_told():
    plan = plan_of(ask("a", model="gpt-4"), error_handling=FALLBACKS)

    with pytest.raises(ModelUnavailableError) as raised:
        run(plan, "a", [Moody()], inputs={"text": "x"})
    with pytest.raises(ModelUnavailableError, match="Providers here: none is installed"):
        run(plan, "a", [], inputs={"text": "x"})

    assert str(raised.value).startswith(
        "no model answered. Tried: gpt-4 (gpt-4 is being loaded); gpt-3.5 (gpt-3.5 is being "
        "loaded); q (q is being loaded). Providers here: moody."
    )
    assert not raised.value.retryable


def test_a_policy_may_wait_for_a_model():
    plan = plan_of(
        ask("a", model="x"),
        error_handling={"retry_policy": {"retry_on_errors": ["model_unavailable"]}},
    )

    with pytest.raises(ModelUnavailableError) as raised:
        run(plan, "a", inputs={"text": "x"})

    assert body_of(plan, "a").judge(attempt(plan, "a"), raised.value).retryable


def test_a_failure_does_not_lead_to_another_model_by_the_flat_table():
    broken = Broken(m=RetryAfterError("busy", seconds=3))
    plan = plan_of(ask("a"), error_handling={"fallback_models": {"m": "q"}})

    with pytest.raises(RetryAfterError):
        run(plan, "a", [broken, ECHO], inputs={"text": "x"})


STRATEGY = {
    "retry_policy": {"max_retries": 1, "retry_on_errors": ["rate_limit", "temporary_failure"]},
    "fallback_strategy": {"enabled": True, "fallback_models": {"m": "q"}},
}


def test_a_strategy_leads_on_after_the_last_attempt_only():
    """S004-60."""
    broken = Broken(m=RetryAfterError("busy", seconds=3))
    plan = plan_of(ask("a"), error_handling=STRATEGY)

    with pytest.raises(RetryAfterError):
        run(plan, "a", [broken, ECHO], inputs={"text": "x"})
    last = run(plan, "a", [broken, ECHO], inputs={"text": "x"}, number=2)

    assert last.meta["model_used"] == "q"
    assert last.meta["tried"] == ["m (RetryAfterError: busy)"]


def test_a_strategy_leads_on_at_once_where_trying_again_does_not_help():
    broken = Broken(m=ValueError("odd answer"))
    plan = plan_of(ask("a"), error_handling=STRATEGY)

    assert run(plan, "a", [broken, ECHO], inputs={"text": "x"}).meta["model_used"] == "q"


def test_where_all_fail_the_first_failure_is_told():
    broken = Broken(m=ConnectionResetError("reset"), q=ValueError("odd"))
    plan = plan_of(ask("a"), error_handling=STRATEGY)

    with pytest.raises(TemporaryFailureError, match="ConnectionResetError: reset"):
        run(plan, "a", [broken], inputs={"text": "x"}, number=2)

    assert broken.asked == ["m", "q"]


def test_a_policy_tries_again_after_the_kinds_it_names():
    plan = plan_of(
        work_on("a", "x"), error_handling={"retry_policy": {"retry_on_errors": ["rate_limit"]}}
    )
    body, work = body_of(plan, "a"), attempt(plan, "a")

    assert body.judge(work, RetryAfterError("busy", seconds=1)).retryable
    assert not body.judge(work, TemporaryFailureError("reset")).retryable
    assert not body.judge(work, ValueError("x")).retryable


@pytest.mark.parametrize(
    ("how", "error", "message"),
    [
        ("network", TemporaryFailureError, "ConnectionResetError: network"),
        ("time", TemporaryFailureError, "TimeoutError: time"),
        ("else", ValueError, "else"),
    ],
)
def test_what_a_function_raises_comes_through(how, error, message):
    plan = plan_of(work_on("a", how, "test_fail"))

    with pytest.raises(error, match=message):
        run(plan, "a")


@pytest.mark.parametrize(
    ("action", "path", "message"),
    [
        ("set", "result", "a set is not plain JSON data"),
        ("deep", "result.a[0]", "nan is not a JSON number"),
        ("long", "", "has 9,000,002 characters of JSON, more than 8,388,608"),
    ],
)
def test_a_result_that_cannot_be_kept_is_refused_with_its_place(action, path, message):
    plan = plan_of(work_on("a", action, "test_call"))

    with pytest.raises(InvalidOutputError, match=message) as raised:
        run(plan, "a")

    assert raised.value.path == path
    assert not raised.value.retryable


def test_a_process_without_the_function_says_so():
    plan = plan_of(work_on("a", "x"))
    body = body_of(plan, "a", known=FunctionRegistry)

    with pytest.raises(FunctionUnavailableError, match="there is no function 'test_shout'"):
        body(attempt(plan, "a"))


def test_a_missing_value_names_its_path():
    plan = plan_of(ask("a"), work_on("b", "${a.result.titel}"))

    with pytest.raises(MissingReferenceError) as raised:
        run(plan, "b", results={"a": {"title": "x"}})

    assert raised.value.path == "a.result.titel"


def test_a_prompt_has_a_most_length():
    plan = plan_of(ask("a", "Sum up: ${workflow.input.t}"))

    with pytest.raises(OversizeError, match="262,144"):
        run(plan, "a", inputs={"t": "x" * 300_000})


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ({"choices": [1]}, {"raw": {"choices": [1]}}),
        ("x" * 70_000, {"raw_left_out": "more than 65,536 characters"}),
        (object(), {"raw_left_out": "a object is not plain JSON data"}),
    ],
)
def test_a_providers_own_answer_is_kept_apart(raw, kept):
    plan = plan_of(ask("a"))

    meta = run(plan, "a", [Echo("m", raw=raw)], inputs={"text": "x"}).meta

    assert {name: meta[name] for name in meta if name.startswith("raw")} == kept


def test_functions_and_providers_are_asked_for_when_a_step_runs():
    asked = []

    def known():
        asked.append("functions")
        return functions()

    plan = plan_of(work_on("a", "x"), work_on("b", "y"))
    makers = body_makers(known, tuple)
    bodies = [makers["data_processing"](plan, step) for step in plan.steps]

    assert asked == []
    assert [value_of(body(attempt(plan, "a"))) for body in bodies] == ["X!", "Y!"]
    assert asked == ["functions"]


# -- conditions ------------------------------------------------------------------------------
def conditional(**more):
    return {
        "id": "c", "type": "conditional", "condition": "${a.result.label} == 'POSITIVE'",
        "if_true": {"type": "inference", "model": "m", "input": "good: ${workflow.input.text}"},
        **more,
    }  # fmt: skip


def test_a_condition_chooses_a_branch_and_says_how_it_was_decided():
    """S004-34."""
    plan = plan_of(ask("a"), conditional(if_false={**ask("bad"), "id": "bad"}))

    held = run(plan, "c", results={"a": {"label": "POSITIVE"}})
    failed = run(plan, "c", results={"a": {"label": "x"}})

    assert (held.outcome, held.meta) == (Choose("c.if_true"), {"condition": True})
    assert (failed.outcome, failed.meta) == (Choose("bad"), {"condition": False})


def test_without_the_other_branch_none_runs():
    assert run(plan_of(ask("a"), conditional()), "c", results={"a": {"label": "x"}}).outcome == (
        Choose(None)
    )


def test_the_result_of_a_condition_is_that_of_the_branch_that_ran():
    """A004-8."""
    inner = conditional(id="inner", condition="true", if_false=work_on("deep", "x"))
    plan = plan_of(ask("a"), conditional(if_false=inner), work_on("end", "of ${c.result}"))

    def shouted(**results):
        return value_of(run(plan, "end", results=results))

    assert shouted(**{"c.if_true": "one"}) == "OF ONE!"
    assert shouted(deep="two") == "OF TWO!"
    assert shouted() == "OF NULL!"


def test_a_condition_that_reads_what_is_not_there_fails_its_step():
    with pytest.raises(MissingReferenceError, match="label"):
        run(plan_of(ask("a"), conditional()), "c", results={"a": {}})
