"""Loops: their lists are counted, and worked through item by item."""

import pytest

from perdure.authoring.graphs.bodies import body_makers
from perdure.authoring.graphs.compiling import compile_definition
from perdure.authoring.graphs.failures import TooManyItemsError
from perdure.authoring.graphs.looping import MOST_LISTS, Listed, Lists
from perdure.authoring.graphs.validation import examine
from perdure.authoring.graphs.values import Values
from perdure.errors import InvalidInputError
from perdure.kernel.directives import Spread
from tests.authoring.graphs.support import (
    Echo,
    ask,
    attempt,
    define,
    functions,
    value_of,
    work_on,
)

ECHO = Echo("m")
SHOUT = {"type": "data_processing", "function": "test_shout", "input": "${loop.current_item}"}


def loop(over="${workflow.input.items}", step=SHOUT, **more):
    return {"id": "each", "type": "loop", "iterate_over": over, "step": step, **more}


def plan_of(*steps):
    examined = examine(define(*steps), functions(), lambda: [ECHO])
    assert examined.errors == ()
    return compile_definition(examined.definition, examined.links, functions())


def run(plan, path, *, makers=None, visit=1, **given):
    makers = makers or body_makers(functions, lambda: [ECHO])
    work = attempt(plan, "each", **given)
    work.path, work.visit = path, visit
    return makers[plan.step("each").kind](plan, plan.step("each"))(work)


def test_a_loop_counts_its_items_and_does_its_step_for_each():
    """S004-36, S004-37."""
    plan = plan_of(loop())

    assert run(plan, "each", inputs={"items": ["a", "b"]}).outcome == Spread(2)
    assert value_of(run(plan, "each[1]", inputs={"items": ["a", "b"]})) == "B!"


def test_an_item_knows_its_number_and_how_many_there_are():
    """A004-9."""
    step = {**SHOUT, "input": "${loop.index} of ${loop.length}: ${loop.current_item.name}"}
    plan = plan_of(loop(step=step))

    assert value_of(run(plan, "each[0]", inputs={"items": [{"name": "x"}]})) == "0 OF 1: X!"


def test_a_model_is_asked_about_each_item_and_other_values():
    step = {"type": "inference", "model": "m", "input": "${a.result} ${loop.current_item}"}
    plan = plan_of(ask("a"), loop(["x", "y"], step))

    assert value_of(run(plan, "each[1]", results={"a": "of"}))["prompt"] == "of y"


def test_parallel_processing_gives_each_item_to_its_function():
    """S004-39."""
    plan = plan_of(
        {
            "id": "each",
            "type": "parallel_processing",
            "function": "test_shout",
            "input": "${workflow.input.items}",
            "parameters": {"times": 2, "mark": "${loop.current_item}"},
        }
    )

    assert run(plan, "each", inputs={"items": ["a"]}).outcome == Spread(1)
    assert value_of(run(plan, "each[0]", inputs={"items": ["a"]})) == "Aaa"


def test_what_is_no_list_is_refused():
    plan = plan_of(loop())

    for value, what in ((None, "null"), ({}, "an object"), ("x", "text"), (3, "a number")):
        with pytest.raises(InvalidInputError, match=f"this came to {what}"):
            run(plan, "each", inputs={"items": value})


def test_more_items_than_a_loop_takes_fail_it_or_are_left_out():
    items = {"items": ["a", "b", "c"]}

    with pytest.raises(TooManyItemsError, match="there are 3 items, and the loop takes at most 2"):
        run(plan_of(loop(max_iterations=2)), "each", inputs=items)
    truncated = run(plan_of(loop(max_iterations=2, on_limit="truncate")), "each", inputs=items)
    assert truncated.outcome == Spread(2, 1)


def test_a_list_is_worked_out_once_while_its_loop_is_open():
    plan = plan_of(ask("a"), loop("${a.result}"))
    makers = body_makers(functions, lambda: [ECHO])

    assert run(plan, "each", makers=makers, results={"a": ["x"]}).outcome == Spread(1)
    assert value_of(run(plan, "each[0]", makers=makers, results={"a": ["other"]})) == "X!"
    assert value_of(run(plan, "each[0]", makers=makers, visit=2, results={"a": ["new"]})) == "NEW!"


def test_a_list_for_other_inputs_is_another_one_and_only_the_last_few_are_kept():
    plan = plan_of(work_on("each", "x"))
    lists, made = Lists(), []

    def get(number, **inputs):
        work = attempt(plan, "each", inputs=inputs)
        work.run = f"run_{number}"

        def make():
            made.append(number)
            return Listed(work.context, Values(work, ()), [])

        return lists.get(work, "each", make)

    assert get(0) is get(0)
    get(0, x=1)
    assert made == [0, 0]
    for number in range(1, MOST_LISTS + 1):
        get(number)
    get(0, x=1)
    assert made[-1] == 0


def test_whether_another_try_helps_is_for_the_items_step_to_say():
    plan = plan_of(loop(error_handling={"retry_policy": {"retry_on_errors": ["timeout"]}}))
    body = body_makers(functions, lambda: [ECHO])["loop"](plan, plan.step("each"))

    assert not body.judge(attempt(plan, "each"), ValueError("x")).retryable


def in_loop(step, **more):
    return loop(step=loop(over="${loop.current_item.of}", step=step) | {"id": None}, **more)


def test_an_item_may_be_a_loop_that_knows_the_one_around_it():
    text = "${loop.outer.current_item.name}${loop.outer.index} ${loop.current_item} ${loop.length}"
    plan = plan_of(in_loop({**SHOUT, "input": text}, parallel=True, max_parallel=1000))
    inputs = {"items": [{"name": "x", "of": ["a"]}, {"name": "y", "of": ["b", "c"]}]}

    assert (plan.step("each").window, plan.step("each").windows) == (100, (1,))
    assert run(plan, "each", inputs=inputs).outcome == Spread(2)
    assert run(plan, "each[1]", inputs=inputs).outcome == Spread(2)
    assert value_of(run(plan, "each[1][0]", inputs=inputs)) == "Y1 B 2!"


def test_a_function_for_each_item_may_stand_in_a_loop():
    inner = {
        "type": "parallel_processing",
        "function": "test_shout",
        "input": "${loop.current_item}",
    }
    plan = plan_of(loop(step=inner))

    assert plan.step("each").windows == (16,)
    assert value_of(run(plan, "each[0][1]", inputs={"items": [["a", "b"]]})) == "B!"


def test_what_an_inner_loop_goes_over_must_be_a_list():
    with pytest.raises(InvalidInputError, match="this came to text"):
        run(plan_of(in_loop(SHOUT)), "each[0]", inputs={"items": [{"of": "a"}]})


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ({**SHOUT, "input": "${loop.outer.index}"}, "has no loop around it"),
        (loop(step=loop(step=loop(step=SHOUT))), "At most 3 loops stand within each other"),
        (
            {"type": "conditional", "condition": "true", "if_true": loop(step=SHOUT)},
            "put the loop into a 'workflow' step",
        ),
    ],
)
def test_where_loops_cannot_stand_is_told(step, said):
    made = {key: value for key, value in step.items() if key != "id"}
    examined = examine(define(loop(step=made)), functions(), lambda: [ECHO])

    assert any(said in str(problem) for problem in examined.errors)
