"""What stands above a picture."""

from xml.etree import ElementTree as ET

from perdure.pictures.heads import MOST, head, sign


def test_it_has_a_title_facts_and_what_the_colours_mean():
    found = head("orders", ("run run_1", "completed"), {"failed": 1, "completed": 12})

    texts = [ET.fromstring(part).text for part in found.parts if part.startswith("<text")]
    assert texts == ["orders", "run run_1 · completed", "completed 12", "failed 1"]
    assert found.height > head("orders", (), {}).height


def test_a_long_title_is_cut():
    found = head("a long name " * 40, (), {})

    assert found.width <= MOST
    assert "…" in found.parts[0]


def test_a_sign_stands_at_its_place():
    assert ET.fromstring(sign("failed", (3, 4.5))).get("transform") == "translate(3 4.5)"
