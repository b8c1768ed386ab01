"""A timeline as an SVG, or as Mermaid's text."""

import re
from collections.abc import Iterator

from perdure.pictures.heads import head
from perdure.pictures.letters import clean, fit, width
from perdure.pictures.states import words
from perdure.pictures.svg import MARGIN, page, tag, text, tip
from perdure.pictures.timelines import Bar, Row, Timeline
from perdure.wire.spans import DAY, HOUR, MINUTE, duration

NAME_ROOM = 220.0
CHART = 760.0
TOOK = 84.0
ROW = 26.0
LEAST = 3.0
"""How wide the shortest bar is."""
MOST_TICKS = 8
_STEPS = (
    *(base * unit for unit in (0.001, 0.01, 0.1, 1.0) for base in (1, 2, 5)),
    *(base * unit for unit in (MINUTE, HOUR) for base in (0.25, 0.5, 1, 2, 5, 10)),
    *(base * DAY for base in (0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000)),
)
_UNSAFE = re.compile(r"[^\w .()+/-]")
_MERMAID = {"failed": "crit, ", "completed": "done, ", "running": "active, "}


def write_svg(timeline: Timeline) -> str:
    """Return a whole SVG of a timeline."""
    top = head(timeline.title, timeline.facts, timeline.counts())
    names = max([60.0, *(min(width(row.name, 12), NAME_ROOM) for row in timeline.rows)]) + 16
    left, begin = MARGIN + names, MARGIN + top.height + 18
    height = max(len(timeline.rows), 1) * ROW
    body = [*top.parts, *_grid(timeline, (left, begin), height)]
    for number, row in enumerate(timeline.rows):
        body += _row(timeline, row, (left, begin + number * ROW))
    across = max(names + CHART + TOOK, top.width)
    return page(
        f"{timeline.title}: timeline", (across + 2 * MARGIN, begin + height + MARGIN), body, _STYLE
    )


_STYLE = ".grid{stroke-width:1}.bar{stroke-width:1}.rail{stroke-width:1;stroke-dasharray:1 5}"


def _grid(timeline: Timeline, at: tuple[float, float], height: float) -> Iterator[str]:
    x, y = at
    for seconds in ticks(timeline.end - timeline.begin):
        here = _x(timeline, timeline.begin + seconds, x)
        yield tag("line", x1=here, x2=here, y1=y - 4, y2=y + height, class_="grid")
        said = duration(seconds) if seconds else "0"
        yield text(said, here, y - 9, "small", text_anchor="middle")


def ticks(span: float) -> list[float]:
    """Return round times from 0 to the end of a span of seconds, few enough to be read."""
    step = next((step for step in _STEPS if span / step <= MOST_TICKS), _STEPS[-1])
    return [number * step for number in range(int(span / step + 1e-9) + 1)]


def _x(timeline: Timeline, at: float, left: float) -> float:
    span = timeline.end - timeline.begin
    return left + (CHART * (at - timeline.begin) / span if span else 0.0)


def _row(timeline: Timeline, row: Row, at: tuple[float, float]) -> Iterator[str]:
    x, y = at
    middle = y + ROW / 2
    yield tag("line", x1=x, x2=x + CHART, y1=middle, y2=middle, class_="grid rail")
    name = text(fit(row.name, 12, NAME_ROOM), x - 12, middle + 4, "fact", text_anchor="end")
    yield tag("g", tip(row.name) + name)
    for bar in row.bars:
        yield _bar(timeline, bar, (x, middle))
    took = duration(row.seconds) if row.seconds else ""
    if took:
        yield text(took, x + CHART + 12, middle + 4, "small")


def _bar(timeline: Timeline, bar: Bar, at: tuple[float, float]) -> str:
    x, middle = at
    left, right = _x(timeline, bar.begin, x), _x(timeline, bar.end, x)
    wide = max(right - left, LEAST)
    left = min(left, x + CHART - wide)
    high = 6.0 if bar.thin else 15.0
    shape = tag(
        "rect", x=left, y=middle - high / 2, width=wide, height=high, rx=min(3.0, wide / 2),
        class_="box bar",
    )  # fmt: skip
    return tag("g", tip(bar.tip) + shape, class_=bar.state)


def write_mermaid(timeline: Timeline) -> str:
    """Return a timeline as Mermaid's Gantt text; what it would read as its own is `_`."""
    lines = ["gantt", f"title {_safe(timeline.title)}", "dateFormat x", "axisFormat %H:%M:%S"]
    number = 0
    for row in timeline.rows:
        lines.append(f"section {_safe(row.name)}")
        for bar in row.bars:
            number += 1
            begin, end = round(bar.begin * 1000), round(bar.end * 1000)
            kind = _MERMAID.get(bar.state, "")
            lines.append(f"{words(bar.state)} :{kind}b{number}, {begin}, {max(end, begin + 1)}")
    return "\n".join(f"    {line}" if at else line for at, line in enumerate(lines)) + "\n"


def _safe(said: str) -> str:
    return _UNSAFE.sub("_", clean(said))
