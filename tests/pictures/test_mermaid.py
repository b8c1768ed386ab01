"""Drawings as Mermaid text."""

import re

from perdure.kernel.plan import Plan, StepPlan
from perdure.pictures.drawings import Drawing, Edge, Node
from perdure.pictures.mermaid import write
from perdure.pictures.plans import draw_plan
from tests.authoring.graphs.support import graph


def picture(plan):
    return write(draw_plan(plan))


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
        '    start((" "))',
        '    s0["ask"]',
        '    s1["decide"]',
        '    s2["end"]',
        '    s3["undo"]',
        '    cancel(["cancel"])',
        "    start --> s0",
        "    s0 --> s2",
        "    s0 -.->|approved, no| s1",
        "    s1 -.-> s2",
        "    cancel --> s3",
    ]


def test_conditions_and_loops_have_shapes_of_their_own():
    nodes = Node(id="a", title="is it", shape="choice"), Node(id="b", title="each", shape="loop")

    drawn = write(Drawing(title="t", nodes=nodes, edges=(Edge(tail="a", head="b", label="if so"),)))

    assert 'a{{"is it"}}' in drawn
    assert 'b[["each"]]' in drawn
    assert "a -->|if so| b" in drawn


def test_an_arrow_that_nobody_went_is_dashed():
    nodes = Node(id="a", title="a"), Node(id="b", title="b")

    drawn = write(Drawing(title="t", nodes=nodes, edges=(Edge(tail="a", head="b", faint=True),)))

    assert "a -.-> b" in drawn


def test_states_have_colours():
    nodes = (
        Node(id="a", title="a", state="completed"),
        Node(id="b", title="b", state="completed"),
        Node(id="c", title="c", state="skipped"),
        Node(id="d", title="d"),
    )

    drawn = write(Drawing(title="t", nodes=nodes))

    assert (
        "    classDef completed fill:#dafbe1,stroke:#1a7f37,color:#033a16\n    class a,b completed\n"
        in drawn
    )
    assert "stroke-dasharray:4 3\n    class c skipped\n" in drawn
    assert "failed" not in drawn


def test_no_name_can_break_out_of_its_label():
    name = 'x"]; click s0 "javascript:alert(1)" <script> |ü'
    plan = graph(StepPlan(name="a", group=name, kind=name))

    label = re.search(r'g0\["([^"]*)"\]', picture(plan))[1]

    assert "<" not in label.replace("<br/>", "")
    assert label.startswith("x#34;#93;#59; click s0 #34;javascript:alert(1)")
    assert '"]; click' not in picture(plan)
