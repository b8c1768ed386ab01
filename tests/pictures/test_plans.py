"""Plans as drawings."""

from perdure.authoring.graphs.loader import load_definition
from perdure.kernel.plan import Plan, StepPlan
from perdure.pictures.plans import draw_plan
from tests.authoring.graphs.support import graph


def arrows(plan):
    drawing = draw_plan(plan)
    titles = {node.id: node.title or node.id for node in drawing.nodes}
    return [(titles[e.tail], titles[e.head], e.label) for e in drawing.edges]


def clean(name, **more):
    return {"id": name, "type": "data_processing", "function": "clean_text", "input": "x", **more}


def defined(name, *steps):
    return load_definition({"name": name, "steps": list(steps)})[0].plan


def test_a_step_says_what_it_calls():
    plan = defined(
        "pictured calls",
        {"id": "ask", "type": "inference", "model": "builtin/sentiment", "input": "a"},
        clean("tidy"),
        {"id": "all", "type": "aggregation", "depends_on": ["ask"]},
    )

    lines = {node.title: node.lines for node in draw_plan(plan).nodes}

    assert lines == {
        "ask": ("inference · builtin/sentiment",),
        "tidy": ("data_processing · clean_text",),
        "all": ("aggregation",),
    }


def test_a_condition_leads_to_its_branches_and_they_to_what_follows():
    branch = {"type": "data_processing", "function": "clean_text", "input": "x"}
    plan = defined(
        "pictured branches",
        clean("a"),
        {"id": "is", "type": "conditional", "condition": "${a.result} == 'x'",
         "if_true": {**branch, "id": "so"}, "if_false": branch},
        clean("after", input="${is.result}"),
    )  # fmt: skip

    drawing = draw_plan(plan)

    assert next(node.shape for node in drawing.nodes if node.title == "is") == "choice"
    assert next(node.lines for node in drawing.nodes if node.title == "is") == (
        "${a.result} == 'x'",
    )
    assert set(arrows(plan)) == {
        ("a", "is", ""),
        ("is", "so", "if so"),
        ("is", "is.if_false", "otherwise"),
        ("so", "after", ""),
        ("is.if_false", "after", ""),
    }


def test_a_condition_without_another_branch_leads_past_it():
    plan = defined(
        "pictured past",
        clean("a"),
        {
            "id": "is",
            "type": "conditional",
            "condition": "${a.result} == 'x'",
            "if_true": clean("so"),
        },
        clean("after", input="${is.result}"),
    )

    assert ("is", "after", "otherwise") in arrows(plan)


def test_a_loop_says_what_is_done_for_each_item_and_how_many_at_a_time():
    plan = defined(
        "pictured loop",
        {"id": "each", "type": "loop", "iterate_over": "${workflow.input.lines}", "parallel": True,
         "max_parallel": 4,
         "step": {"type": "data_processing", "function": "clean_text", "input": "${loop.current_item}"}},
        {"id": "one", "type": "loop", "iterate_over": "${each.result}",
         "step": {"type": "inference", "model": "builtin/sentiment", "input": "${loop.current_item}"}},
    )  # fmt: skip

    each, one = draw_plan(plan).nodes

    assert each.shape == one.shape == "loop"
    assert each.lines == ("for each item, 4 at a time", "data_processing · clean_text")
    assert one.lines == ("for each item, one by one", "inference · builtin/sentiment")


def test_a_machine_begins_at_its_start_and_has_its_hooks():
    plan = Plan(
        workflow="order",
        start="a",
        on_fail="sorry",
        on_cancel="undo",
        steps=(
            StepPlan(name="a", then="b", waits=("ok",), targets=("b", "a")),
            StepPlan(name="b"),
            StepPlan(name="sorry"),
            StepPlan(name="undo"),
        ),
    )

    assert arrows(plan) == [
        ("start", "a", ""),
        ("a", "a", ""),
        ("a", "b", "ok"),
        ("failure", "sorry", ""),
        ("cancel", "undo", ""),
    ]
    assert draw_plan(plan).edges[2].dashed


def test_a_step_that_is_not_said_more_of_is_its_kind():
    plan = graph(StepPlan(name="a", kind="aggregation", group="g"))

    (node,) = draw_plan(plan).nodes

    assert (node.lines, node.group, node.tip) == (("aggregation",), "g", "a\naggregation")
    assert draw_plan(plan).facts == ("version 1",)
