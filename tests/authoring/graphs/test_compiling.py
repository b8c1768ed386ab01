"""A definition becomes a plan: what is needed, how often it is tried, what its bodies read."""

import time

from perdure.authoring.functions import default_registry
from perdure.authoring.graphs.compiling import compile_definition
from perdure.authoring.graphs.validation import examine
from perdure.authoring.plans import dump, load
from perdure.kernel.plan import NO_RETRY, PlanKind
from perdure.wire.encoding import decode
from tests.authoring.graphs.support import Echo, ask, define, functions, gather, work_on


def compiled(*steps, **more):
    examined = examine(define(*steps, **more), functions(), lambda: [Echo("m")])
    assert examined.errors == ()
    return compile_definition(examined.definition, examined.links, functions())


def test_a_step_that_calls_a_function_of_somebodys_own_says_so():
    """A process without it must leave the step to one that has it."""
    plan = compiled(work_on("a", "x"), gather("b", depends_on=["a"]))

    assert [step.host for step in plan.steps] == ["function:test_shout", ""]


def test_steps_are_on_the_definitions_queue_unless_they_name_their_own():
    plan = compiled(ask("a"), ask("b", queue="gpu"), queue="slow")

    assert [step.queue for step in plan.steps] == ["slow", "gpu"]
    assert compiled(ask("a")).steps[0].queue == "default"


def test_a_function_that_comes_with_perdure_needs_no_particular_process():
    known = default_registry()
    examined = examine(define(work_on("a", "x", "clean_text")), known, list)
    plan = compile_definition(examined.definition, examined.links, known)

    assert plan.steps[0].host == ""


def test_a_definition_becomes_a_graph():
    plan = compiled(
        ask("a", parallel_group="g"),
        ask("b", "${a.result}", timeout=5, continue_on_error=True),
        gather("c", depends_on=["g", "b"]),
        name="Papers",
        version="1.0",
        timeout=600,
        max_parallel_steps=3,
        output={"x": "${c.result}"},
    )

    assert (plan.workflow, plan.version, plan.kind) == ("Papers", "1.0", PlanKind.GRAPH)
    assert (plan.deadline, plan.max_parallel) == (600.0, 3)
    assert [step.kind for step in plan.steps] == ["inference", "inference", "aggregation"]
    assert [step.needs for step in plan.steps] == [(), ("a",), ("a", "b")]
    assert (plan.steps[0].group, plan.steps[1].timeout) == ("g", 5.0)
    assert [step.continue_on_error for step in plan.steps] == [False, True, False]
    assert decode(plan.output) == {"x": "${c.result}"}
    assert decode(plan.schema)["required"] == ["text"]


def test_without_error_handling_nothing_is_tried_again():
    plan = compiled(ask("a"))

    assert plan.steps[0].retry == NO_RETRY
    assert plan.output == ""


def test_each_step_has_its_policy():
    plan = compiled(
        ask("a"),
        ask("b", error_handling={"retry_failed_steps": False}),
        error_handling={"retry_failed_steps": True, "max_retries": 3},
    )

    assert [step.retry.max_attempts for step in plan.steps] == [4, 1]


def test_a_body_reads_what_it_needs_from_the_config():
    plan = compiled(
        ask("a", model="gpt-4", parameters={"max_tokens": 5}),
        work_on("b", ["${a.result}"], parameters={"times": 2}),
        gather("c", function="test_join", inputs={"x": "${b.result}"}),
        gather("d", depends_on=["b", "a"]),
        error_handling={
            "retry_policy": {"retry_on_errors": ["timeout"]},
            "fallback_strategy": {"fallback_models": {"gpt-4": "q", "q": "m", "x": "y"}},
        },
    )

    assert [decode(step.config) for step in plan.steps] == [
        {
            "model": "gpt-4",
            "input": "${workflow.input.text}",
            "fallbacks": ["q", "m"],
            "fall_back_on_failure": True,
            "parameters": {"max_tokens": 5},
            "retry_on": ["timeout"],
        },
        {
            "function": "test_shout",
            "input": ["${a.result}"],
            "parameters": {"times": 2},
            "retry_on": ["timeout"],
        },
        {"function": "test_join", "inputs": {"x": "${b.result}"}, "retry_on": ["timeout"]},
        {"function": None, "retry_on": ["timeout"], "collects": ["b", "a"]},
    ]


def test_what_a_step_needs_of_a_machine_is_kept_with_it():
    plan = compiled(
        ask("a", resource_requirements={"gpu_required": True, "cpu_cores": 8}),
        ask("b"),
        resource_requirements={"cpu_cores": 4, "ram_gb": 8},
    )

    assert [decode(step.config)["resources"] for step in plan.steps] == [
        {"cpu_cores": 8, "ram_gb": 8, "gpu_required": True},
        {"cpu_cores": 4, "ram_gb": 8},
    ]


def test_the_same_definition_has_the_same_hash_and_another_one_another():
    steps = [ask("a"), gather("b", depends_on=["a"])]

    assert compiled(*steps).hash == compiled(*steps).hash
    assert compiled(*steps).hash != compiled(*steps, timeout=5).hash


def test_a_plan_survives_being_stored():
    plan = compiled(ask("a"), ask("b", "${a.result}", parallel_group="g"), output="${b.result}")

    assert load(dump(plan), plan.hash) == plan


def test_a_definition_of_1000_steps_is_compiled_in_a_moment():
    """Its mark is 0.3 s; this guards against what would take minutes."""
    steps = [ask("s0")]
    for number in range(1, 1_000):
        earlier = " ".join(f"${{s{other}.result}}" for other in range(max(0, number - 5), number))
        steps.append(ask(f"s{number}", earlier, depends_on=["s0"], parameters={"n": number}))
    started = time.perf_counter()

    plan = compiled(*steps)

    assert len(plan.steps) == 1_000
    assert time.perf_counter() - started < 5


# -- branches --------------------------------------------------------------------------------
POSITIVE = {"type": "inference", "model": "m", "input": "good: ${a.result}"}


def branching(**more):
    return {
        "id": "c",
        "type": "conditional",
        "condition": "${x.result.ok}",
        "if_true": POSITIVE,
        **more,
    }


def test_a_branch_is_a_step_that_hangs_on_its_condition():
    """S004-34, A004-8."""
    plan = compiled(ask("a"), ask("x"), branching(if_false=ask("bad")), ask("end", "${c.result}"))

    assert [step.name for step in plan.steps] == ["a", "x", "c", "c.if_true", "bad", "end"]
    assert plan.step("c").branches == ("c.if_true", "bad")
    assert (plan.step("c").needs, plan.step("c").kind) == (("x",), "conditional")
    assert (plan.step("c.if_true").needs, plan.step("c.if_true").within) == (("a", "c"), "c")
    assert plan.step("end").needs == ("c", "c.if_true", "bad")
    assert decode(plan.step("c").config)["condition"] == "${x.result.ok}"
    assert plan.sinks() == ["end"]
    assert load(dump(plan), plan.hash) == plan


def test_a_branch_has_what_is_said_of_the_condition_unless_it_says_more():
    plan = compiled(
        ask("x"),
        ask("a"),
        branching(
            timeout=9,
            continue_on_error=True,
            queue="q",
            error_handling={"max_retries": 2},
            if_false={**POSITIVE, "timeout": 3},
        ),
    )
    held, other = plan.step("c.if_true"), plan.step("c.if_false")

    assert (held.timeout, other.timeout, held.queue) == (9.0, 3.0, "q")
    assert held.continue_on_error
    assert held.retry.max_attempts == 3


def test_branches_may_hold_branches():
    inner = {"type": "conditional", "condition": "true", "if_true": POSITIVE}
    plan = compiled(ask("a"), ask("x"), branching(if_false=inner), gather("end", depends_on=["c"]))

    assert plan.step("c.if_false").branches == ("c.if_false.if_true",)
    assert plan.step("c.if_false.if_true").needs == ("a", "c.if_false")
    assert set(plan.step("end").needs) == {
        "c", "c.if_true", "c.if_false", "c.if_false.if_true"
    }  # fmt: skip
    assert decode(plan.step("end").config)["collects"] == ["c"]


# -- loops -----------------------------------------------------------------------------------
def looping(**more):
    step = {"type": "data_processing", "function": "test_shout", "input": "${loop.current_item}"}
    return {
        "id": "each", "type": "loop", "iterate_over": "${workflow.input.items}", "step": step, **more
    }  # fmt: skip


def test_a_loop_is_one_step_with_a_window():
    """S004-36, A004-9."""
    plan = compiled(looping(), gather("end", inputs={"all": "${each.result}"}))
    step = plan.step("each")

    assert (step.kind, step.window, step.collects) == ("loop", 1, False)
    assert step.host == "function:test_shout"
    assert decode(step.config) == {
        "over": "${workflow.input.items}",
        "most": 1_000,
        "step": {
            "kind": "data_processing", "function": "test_shout", "input": "${loop.current_item}"
        },
    }  # fmt: skip
    assert plan.step("end").needs == ("each",)
    assert load(dump(plan), plan.hash) == plan


def test_how_many_items_are_open_at_a_time_is_the_loops_to_say_within_the_workflows():
    def window(most=None, **more):
        return compiled(looping(**more), max_parallel_steps=most).step("each").window

    assert window(parallel=True) == 16
    assert window(parallel=True, max_parallel=3) == 3
    assert window(2, parallel=True, max_parallel=3) == 2
    assert window(max_parallel=3) == 1


def test_failures_are_collected_and_too_many_items_left_out_if_that_is_said():
    step = compiled(looping(on_item_error="collect", on_limit="truncate")).step("each")

    assert step.collects
    assert decode(step.config)["truncates"] is True
