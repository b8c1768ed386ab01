"""SVG as text."""

from xml.etree import ElementTree as ET

import pytest

from perdure.pictures.states import STATES
from perdure.pictures.svg import number, page, tag, text, tip


@pytest.mark.parametrize(
    ("value", "told"), [(1.0, "1"), (0.25, "0.2"), (-0.01, "0"), (12.34, "12.3")]
)
def test_numbers_are_short(value, told):
    assert number(value) == told


def test_texts_and_values_are_escaped():
    hostile = '<script>alert("1")</script>&'

    element = tag("g", text(hostile, 1, 2, "name") + tip(hostile), id=hostile)

    parsed = ET.fromstring(element)
    assert parsed.get("id") == hostile
    assert [child.text for child in parsed] == [hostile, hostile]


def test_nothing_is_told_of_nothing():
    assert tip("") == ""


def test_a_page_has_colours_for_day_and_night_and_asks_nobody_for_anything():
    drawn = page("two & a half", (100, 50.5), [tag("rect", width=1, height=1)])

    root = ET.fromstring(drawn)
    assert root.get("viewBox") == "0 0 100 50.5"
    assert root[0].text == "two & a half"
    style = root[1].text
    assert "prefers-color-scheme:dark" in style
    assert all(style.count(f".{state} .box") == 2 for state in STATES)
    assert "url(" not in drawn
    assert "@import" not in drawn
    assert "<script" not in drawn
