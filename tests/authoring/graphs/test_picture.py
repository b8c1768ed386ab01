"""Pictures of plans, as Mermaid text."""

import re

from perdure.authoring.graphs.picture import STATES, picture
from perdure.kernel.plan import Plan, StepPlan
from tests.authoring.graphs.support import graph


def test_a_graph_is_drawn_with_its_needs():
    plan = graph(
        StepPlan(name="extract", kind="data_processing"),
        StepPlan(name="sum", kind="inference", needs=("extract",)),
        StepPlan(name="join", kind="aggregation", needs=("sum", "extract")),
    )

    assert picture(plan) == (
        "flowchart TD\n"
        '    s0["extract<br/><i>data_processing</i>"]\n'
        '    s1["sum<br/><i>inference</i>"]\n'
        '    s2["join<br/><i>aggregation</i>"]\n'
        "    s0 --> s1\n"
        "    s1 --> s2\n"
        "    s0 --> s2\n"
    )


def test_a_group_has_a_frame():
    """S004-27."""
    plan = graph(
        StepPlan(name="a", group="analysis"),
        StepPlan(name="b"),
        StepPlan(name="c", group="analysis"),
    )

    lines = picture(plan).splitlines()

    assert lines[1:6] == [
        '    s1["b<br/><i>code</i>"]',
        '    subgraph g1["analysis"]',
        '        s0["a<br/><i>code</i>"]',
        '        s2["c<br/><i>code</i>"]',
        "    end",
    ]


def test_a_machine_is_drawn_with_its_moves():
    plan = Plan(
        workflow="order",
        start="ask",
        on_cancel="undo",
        steps=(
            StepPlan(
                name="ask", targets=("decide", "end"), then="decide", waits=("approved", "no")
            ),
            StepPlan(name="decide", then="end"),
            StepPlan(name="end"),
            StepPlan(name="undo"),
        ),
    )

    assert picture(plan).splitlines()[1:] == [
        '    s0["ask"]',
        '    s1["decide"]',
        '    s2["end"]',
        '    s3["undo"]',
        "    start(( )) --> s0",
        "    s0 --> s2",
        "    s0 -.->|approved, no| s1",
        "    s1 -.-> s2",
        "    cancel([cancel]) --> s3",
    ]


def test_a_machine_without_clean_up_has_no_cancel():
    plan = Plan(workflow="order", start="only", steps=(StepPlan(name="only"),))

    assert picture(plan).splitlines()[1:] == ['    s0["only"]', "    start(( )) --> s0"]


def test_states_have_colours_and_unknown_ones_none():
    plan = graph(StepPlan(name="a"), StepPlan(name="b"), StepPlan(name="c"))

    drawn = picture(plan, {"a": "completed", "b": "completed", "c": "odd", "gone": "failed"})

    assert f"    classDef completed {STATES['completed']}\n    class s0,s1 completed\n" in drawn
    assert "odd" not in drawn
    assert "failed" not in drawn


def test_no_name_can_break_out_of_its_label():
    name = 'x"]; click s0 "javascript:alert(1)" <script> |ü'
    plan = graph(StepPlan(name="a", group=name, kind=name))

    label = re.search(r'g0\["([^"]*)"\]', picture(plan))[1]

    assert "<" not in label.replace("<br/>", "")
    assert label.startswith("x#34;#93;#59; click s0 #34;javascript:alert(1)")
    assert '"]; click' not in picture(plan)
