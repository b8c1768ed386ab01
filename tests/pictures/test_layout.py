"""A place for everything."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perdure.pictures import threads
from perdure.pictures.layout import lay_out
from tests.pictures.support import drawing, pairs

BOX, TEXT, NOTHING = (120.0, 40.0), (60.0, 18.0), (0.0, 0.0)


def laid(*arrows, **more):
    made = drawing(*arrows, **more)
    labels = [TEXT if edge.label else NOTHING for edge in made.edges]
    return lay_out(made, [BOX] * len(made.nodes), labels)


def test_a_chain_stands_straight_below_each_other():
    found = laid((0, 1), (1, 2))

    assert not found.sideways
    assert [box.x for box in found.boxes] == [60.0] * 3
    assert [box.y for box in found.boxes] == [20.0, 104.0, 188.0]
    assert found.ways[0].points[0] == (60.0, 40.0)
    assert found.ways[0].points[-1] == (60.0, 84.0)
    assert found.size == (120.0, 208.0)


def test_what_would_be_too_wide_is_laid_sideways():
    found = laid(*[(0, n) for n in range(1, 30)])

    assert found.sideways
    assert found.size[1] > found.size[0]
    assert all(way.points[0][0] < way.points[-1][0] for way in found.ways)


def test_a_label_stands_on_its_arrow():
    way = laid((0, 1, "if so")).ways[0]

    assert way.label == (60.0, pytest.approx((way.points[0][1] + way.points[-1][1]) / 2))


def test_an_arrow_back_runs_beside_the_one_there_and_up():
    there, back = laid((0, 1), (1, 0)).ways

    assert there.points[0][1] < there.points[-1][1]
    assert back.points[0][1] > back.points[-1][1]
    assert not set(there.points) & set(back.points)


def test_an_arrow_to_itself_goes_round_beside_its_box():
    found = laid((0, 1), (1, 2), (2, 3), (1, 1, "again"))

    way = found.ways[3]
    assert way.round
    assert way.points[0][0] == found.boxes[1].x + 60
    assert way.label[0] - TEXT[0] / 2 > way.points[1][0]
    assert way.label[0] + TEXT[0] / 2 <= found.size[0]


def test_a_group_is_framed_with_room_for_its_name():
    found = laid((0, 1), (0, 2), (0, 3), groups={1: "g", 3: "g"})

    ((title, frame),) = found.frames
    assert title == "g"
    within = [box for box in found.boxes if inside(box, frame)]
    assert within == [found.boxes[1], found.boxes[3]]
    assert not overlap(frame, found.boxes[2])


def test_an_arrow_too_much_runs_straight(monkeypatch):
    monkeypatch.setattr(threads, "MOST_BENDS", 3)

    found = laid((0, 1), (1, 2), (0, 2))

    assert found.ways[2].straight
    assert len(found.ways[2].points) == 2


def test_nothing_takes_no_place():
    assert laid(count=0).size == (0.0, 0.0)


@given(pairs, st.dictionaries(st.integers(0, 9), st.sampled_from("gh")))
def test_nothing_overlaps_and_all_is_on_the_page(arrows, groups):
    found = laid(*arrows, count=10, groups=groups)

    width, height = found.size
    for box, other in combinations(found.boxes, 2):
        assert not overlap(box, other)
    for box in (*found.boxes, *(frame for _, frame in found.frames)):
        left, top = box.corner
        assert left >= -1e-6
        assert top >= -1e-6
        assert left + box.width <= width + 1e-6
        assert top + box.height <= height + 1e-6
    for title, frame in found.frames:
        others = [b for n, b in enumerate(found.boxes) if groups.get(n) != title]
        assert not any(overlap(frame, other) for other in others)


@given(pairs)
def test_no_arrow_runs_through_a_box(arrows):
    """Beyond its ends: between layers an arrow may bend, within one it stands straight."""
    found = laid(*arrows, count=10)

    for (tail, head), way in zip(arrows, found.ways, strict=True):
        others = [box for n, box in enumerate(found.boxes) if n not in (tail, head)]
        for point in way.points:
            assert not any(holds(box, point) for box in others)


@given(pairs)
def test_the_same_drawing_has_the_same_layout(arrows):
    assert laid(*arrows, count=10) == laid(*arrows, count=10)


def holds(box, point):
    near = abs(box.x - point[0]), abs(box.y - point[1])
    return near[0] < box.width / 2 - 1e-6 and near[1] < box.height / 2 - 1e-6


def overlap(box, other):
    across = abs(box.x - other.x) < (box.width + other.width) / 2 - 1e-6
    return across and abs(box.y - other.y) < (box.height + other.height) / 2 - 1e-6


def inside(box, frame):
    left, top = box.corner
    corner = frame.corner
    return (
        left > corner[0]
        and top > corner[1]
        and left + box.width < corner[0] + frame.width
        and top + box.height < corner[1] + frame.height
    )
