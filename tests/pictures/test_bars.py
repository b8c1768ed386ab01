"""Timelines as SVG and as Mermaid's text."""

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perdure.pictures.bars import CHART, MOST_TICKS, ticks, write_mermaid, write_svg
from perdure.pictures.timelines import Bar, Row, Timeline

SVG = "{http://www.w3.org/2000/svg}"


def line(*rows, begin=0.0, end=100.0, title="t"):
    return Timeline(title=title, facts=("run run_1",), begin=begin, end=end, rows=tuple(rows))


def row(name, *bars, seconds=0.0):
    made = [Bar(begin=b, end=e, state=state, tip=f"{name} {state}") for state, b, e in bars]
    return Row(name=name, bars=tuple(made), seconds=seconds)


def bars(drawn):
    return [e for e in ET.fromstring(drawn).iter(f"{SVG}rect") if e.get("class") == "box bar"]


def test_bars_are_as_long_as_they_took():
    drawn = write_svg(
        line(row("a", ("failed", 0.0, 25.0), ("completed", 50.0, 100.0), seconds=75.0))
    )

    first, second = bars(drawn)
    assert float(first.get("width")) == pytest.approx(CHART / 4)
    assert float(second.get("width")) == pytest.approx(CHART / 2)
    assert float(second.get("x")) - float(first.get("x")) == pytest.approx(CHART / 2)
    assert ">1 min 15 s<" in drawn


def test_the_shortest_can_be_seen_also_at_the_end():
    drawn = write_svg(line(row("a", ("completed", 0.0, 0.0), ("completed", 100.0, 100.0))))

    first, last = bars(drawn)
    assert float(first.get("width")) == float(last.get("width")) == 3.0
    assert float(last.get("x")) + 3.0 == pytest.approx(float(first.get("x")) + CHART)


def test_a_run_without_time_is_drawn():
    assert bars(write_svg(line(row("a", ("completed", 5.0, 5.0)), begin=5.0, end=5.0)))
    assert not bars(write_svg(line()))


@given(st.floats(0.0, 1e9))
def test_ticks_are_few_round_and_within(span):
    found = ticks(span)

    assert found[0] == 0.0
    assert found[-1] <= span + 1e-6
    assert len(found) <= (MOST_TICKS + 1 if span < 8_000 * 86_400 else 13)


@pytest.mark.parametrize(
    ("span", "second", "last"),
    [
        (0.05, 0.01, 0.05),
        (8.0, 1.0, 8.0),
        (3600.0, 600.0, 3600.0),
        (40 * 86400.0, 5 * 86400.0, 40 * 86400.0),
    ],
)
def test_ticks_are_round(span, second, last):
    found = ticks(span)

    assert (found[1], found[-1]) == pytest.approx((second, last))


def test_hostile_names_stay_text():
    drawn = write_svg(line(row("</text><script>", ("failed", 0.0, 1.0)), title="<b>"))

    ET.fromstring(drawn)
    assert "<script" not in drawn


def test_mermaid_has_a_section_for_each_row():
    made = line(
        row("pay: now; #1", ("failed", 0.0, 1.5), ("retrying", 1.5, 1.5), ("completed", 2.0, 3.0)),
        title="orders",
    )

    assert write_mermaid(made) == (
        "gantt\n"
        "    title orders\n"
        "    dateFormat x\n"
        "    axisFormat %H:%M:%S\n"
        "    section pay_ now_ _1\n"
        "    failed :crit, b1, 0, 1500\n"
        "    retrying :b2, 1500, 1501\n"
        "    completed :done, b3, 2000, 3000\n"
    )
