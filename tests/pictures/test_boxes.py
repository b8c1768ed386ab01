"""Drawings as SVG: what is in it, never how many pixels."""

import re
from dataclasses import replace
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from perdure.pictures.boxes import write
from perdure.pictures.drawings import Drawing, Edge, Node
from tests.pictures.support import drawing, pairs

SVG = "{http://www.w3.org/2000/svg}"


def texts(drawn):
    return [element.text for element in ET.fromstring(drawn).iter(f"{SVG}text")]


def of_class(drawn, kind):
    root = ET.fromstring(drawn)
    return [e for e in root.iter() if kind in e.get("class", "").split()]


def test_boxes_and_arrows_are_all_there():
    drawn = write(drawing((0, 1), (1, 2), (0, 2)))

    assert texts(drawn)[2:] == ["node 0", "node 1", "node 2"]
    assert len(of_class(drawn, "box")) == 3
    assert len(of_class(drawn, "edge")) == len(of_class(drawn, "tipped")) == 3


def test_a_box_has_the_colour_the_sign_and_the_texts_of_its_state():
    node = Node(id="a", title="pay", lines=("2 attempts",), state="failed", tip="pay\nfailed")

    drawn = write(Drawing(title="t", facts=("run run_1",), nodes=(node,)))

    assert texts(drawn) == ["t", "run run_1", "failed 1", "pay", "2 attempts"]
    box = of_class(drawn, "failed")[-1]
    assert [element.tag.removeprefix(SVG) for element in box] == [
        "title",
        "rect",
        "path",
        "text",
        "text",
    ]


def test_shapes_tell_what_a_step_is():
    shapes = ("step", "choice", "loop", "start", "hook")
    nodes = tuple(Node(id=shape, title=shape, shape=shape) for shape in shapes)

    drawn = write(Drawing(title="t", nodes=nodes))

    assert len(of_class(drawn, "box")) == 1 + 1 + 3 + 0 + 1
    assert len(of_class(drawn, "start")) == 1
    assert len(of_class(drawn, "sign")) == 1


def test_labels_and_what_was_not_gone_are_told():
    made = drawing((0, 1, "if so"), (0, 2, "otherwise"))
    faint = replace(made.edges[1], faint=True, dashed=True)

    drawn = write(replace(made, edges=(made.edges[0], faint)))

    assert [element.text for element in of_class(drawn, "label")] == ["if so", "otherwise"]
    assert len(of_class(drawn, "faint")) == 1
    assert len(of_class(drawn, "dashed")) == 1


def test_long_texts_are_cut_and_told_in_full_to_who_points():
    name = "a_step_with_a_name_that_is_so_long_that_no_box_could_ever_hold_it"

    drawn = write(Drawing(title="t", nodes=(Node(id="a", title=name, tip=name),)))

    assert texts(drawn)[-1].endswith("…")
    assert f"<title>{name}</title>" in drawn


def test_no_text_gets_out_of_its_element():
    hostile = '</text><script>alert("1")</script>\x00\u202e&amp;'
    node = Node(id="a", title=hostile, lines=(hostile,), tip=hostile, group=hostile)
    edge = Edge(tail="a", head="a", label=hostile)

    drawn = write(Drawing(title=hostile, facts=(hostile,), nodes=(node,), edges=(edge,)))

    ET.fromstring(drawn)
    assert "<script" not in drawn
    assert "\u202e" not in drawn


def test_an_arrow_points_where_it_goes():
    """Down, or up for one that leads back: the head's first point is the arrow's end."""
    drawn = write(drawing((0, 1), (1, 0)))

    for line, head in zip(of_class(drawn, "edge"), of_class(drawn, "tipped"), strict=True):
        points = re.findall(r"-?[\d.]+ -?[\d.]+", line.get("d"))
        tip, wing, _ = re.findall(r"-?[\d.]+ -?[\d.]+", head.get("d"))
        assert tip == points[-1]
        first_y, tip_y, wing_y = (float(p.split()[1]) for p in (points[0], tip, wing))
        assert (tip_y - first_y) * (tip_y - wing_y) > 0


def test_a_wide_picture_runs_sideways_and_all_fits_on_the_page():
    drawn = write(drawing(*[(0, n) for n in range(1, 40)], (1, 1, "again")))

    root = ET.fromstring(drawn)
    assert float(root.get("height")) > float(root.get("width"))


@given(pairs, st.sampled_from(["", "completed", "skipped"]))
def test_every_drawing_can_be_read_again_and_is_the_same_each_time(arrows, state):
    made = drawing(*arrows, count=10)
    made = replace(made, nodes=tuple(replace(node, state=state) for node in made.nodes))

    drawn = write(made)

    ET.fromstring(drawn)
    assert "nan" not in drawn
    assert drawn == write(made)
