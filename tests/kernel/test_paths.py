"""Paths: names of steps, and of items of loops below them."""

import pytest

from perdure.kernel import paths


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("extract", "extract"),
        ("block.extract", "block.extract"),
        ("process[3]", "process"),
        ("process[3].summarize", "process.summarize"),
        ("a[1].b[22].c", "a.b.c"),
    ],
)
def test_the_plan_knows_a_path_by_its_names_alone(path, name):
    assert paths.plan_name(path) == name


def test_an_item_and_a_step_inside_it_are_addressed_from_the_loop_on():
    third = paths.item("process", 2)

    assert third == "process[2]"
    assert paths.inner(third, "summarize") == "process[2].summarize"


@pytest.mark.parametrize(
    ("path", "above"),
    [
        ("extract", None),
        ("process[3]", "process"),
        ("process[3].summarize", "process[3]"),
        ("a[1].b[22]", "a[1].b"),
        ("block.extract", "block"),
        ("a[1].block.extract", "a[1].block"),
    ],
)
def test_a_path_lies_in_the_loop_or_block_that_it_names_before(path, above):
    assert paths.parent(path) == above


@pytest.mark.parametrize(
    ("path", "index"),
    [
        ("extract", None),
        ("process[0]", 0),
        ("process[31].summarize", 31),
        ("a[1].b[22]", 22),
        ("a[1].b[22].c", 22),
    ],
)
def test_a_path_tells_the_number_of_the_innermost_item(path, index):
    assert paths.item_index(path) == index
