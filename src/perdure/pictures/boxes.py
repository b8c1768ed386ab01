"""A drawing as an SVG: boxes, arrows, and what the colours mean."""

import itertools
from collections.abc import Iterable, Iterator, Sequence

from perdure.pictures.drawings import Drawing, Edge, Node
from perdure.pictures.heads import head, sign
from perdure.pictures.layout import Box, Layout, Point, Way, lay_out
from perdure.pictures.letters import fit, width
from perdure.pictures.states import STATES
from perdure.pictures.svg import MARGIN, number, page, tag, text, tip

TITLE = 13.0
SMALL = 11.0
PADDING = 14.0
SIGN = 12.0
ROOM = 250.0
"""How wide the texts in a box are at most; longer ones are cut, and told in full to who points."""
LABEL_ROOM = 190.0
LEAST = 130.0
ARROW = 7.0


def write(drawing: Drawing) -> str:
    """Return a whole SVG of a drawing."""
    sizes = _sizes(drawing.nodes)
    labels = [_label_size(edge) for edge in drawing.edges]
    layout = lay_out(drawing, sizes, labels)
    top = head(drawing.title, drawing.facts, drawing.counts())
    across = max(layout.size[0], top.width)
    body = list(top.parts)
    inner = [*_lines(drawing, layout), *_frames(layout)]
    inner += [_box(node, box) for node, box in zip(drawing.nodes, layout.boxes, strict=True)]
    inner += _labels(drawing, layout)
    left = MARGIN + (across - layout.size[0]) / 2
    body.append(
        tag(
            "g",
            "\n" + "\n".join(inner) + "\n",
            transform=f"translate({number(left)} {number(MARGIN + top.height)})",
        )
    )
    size = across + 2 * MARGIN, layout.size[1] + top.height + 2 * MARGIN
    return page(drawing.title, size, body)


def _sizes(nodes: Sequence[Node]) -> list[tuple[float, float]]:
    """Return how large each node is. Boxes are all as wide as the widest, which looks calm."""
    wide = max([LEAST, *(_width(node) for node in nodes if node.shape not in ("start", "hook"))])
    sizes = []
    for node in nodes:
        if node.shape == "start":
            sizes.append((14.0, 14.0))
        elif node.shape == "hook":
            sizes.append((width(node.title, SMALL) + 26, 24.0))
        else:
            sizes.append((wide, 2 * 11 + 15.0 + 15 * len(node.lines)))
    return sizes


def _width(node: Node) -> float:
    title = min(width(node.title, TITLE, bold=True), ROOM) + (SIGN + 8 if node.state else 0)
    lines = [min(width(line, SMALL), ROOM) for line in node.lines]
    return 2 * PADDING + max([title, *lines])


def _label_size(edge: Edge) -> tuple[float, float]:
    return (
        (width(fit(edge.label, SMALL, LABEL_ROOM), SMALL) + 8, 18.0) if edge.label else (0.0, 0.0)
    )


def _box(node: Node, box: Box) -> str:
    x, y = box.corner
    if node.shape == "start":
        return tag("circle", tip("start"), cx=box.x, cy=box.y, r=7, class_="start")
    kind = node.state or "plain"
    if node.shape == "hook":
        shape = tag(
            "rect", x=x, y=y, width=box.width, height=box.height, rx=12, class_="box dashed"
        )
        said = text(node.title, box.x, box.y + 4, "small", text_anchor="middle")
        return tag("g", tip(node.tip) + shape + said, class_=kind)
    parts = [tip(node.tip)]
    dashed = " dashed" if node.state and STATES[node.state].dashed else ""
    behind = (8.0, 4.0) if node.shape == "loop" else ()
    square = {"width": box.width, "height": box.height, "rx": 9.0}
    parts += [  # a loop is a pile of boxes
        tag("rect", x=x + by, y=y + by, class_=f"box{dashed}", **square) for by in (*behind, 0.0)
    ]
    left, room = x + PADDING, box.width - 2 * PADDING
    if node.state:
        parts.append(sign(node.state, (left, y + 12)))
    shift = SIGN + 8 if node.state else 0.0
    title = fit(node.title, TITLE, room - shift + 1, bold=True)
    parts.append(text(title, left + shift, y + 23, "name"))
    for at, line in enumerate(node.lines):
        parts.append(text(fit(line, SMALL, room + 1), left, y + 40 + 15 * at, "small"))
    if node.shape == "choice":
        parts.append(_diamond(x + box.width - 18, y + 19))
    return tag("g", "".join(parts), class_=kind)


def _diamond(x: float, y: float) -> str:
    """Return the mark of a step that chooses."""
    return tag("path", d=f"M{number(x)} {number(y - 6)}l6 6l-6 6l-6 -6z", class_="sign")


def _frames(layout: Layout) -> Iterator[str]:
    for title, box in layout.frames:
        x, y = box.corner
        yield tag("rect", x=x, y=y, width=box.width, height=box.height, rx=12, class_="frame")
        yield text(fit(title, SMALL, box.width - 24), x + 12, y + 17, "small")


def _lines(drawing: Drawing, layout: Layout) -> Iterator[str]:
    """Yield the arrows, those that nobody went first, so that others lie over them."""
    pairs = list(zip(drawing.edges, layout.ways, strict=True))
    for edge, way in sorted(pairs, key=lambda pair: not pair[0].faint):
        kinds = "edge" + (" dashed" if edge.dashed else "")
        line = tag("path", d=_path(way, sideways=layout.sideways), class_=kinds)
        head = tag("path", d=_arrow(way, sideways=layout.sideways), class_="tipped")
        yield tag("g", line + head, class_="faint") if edge.faint else line + head


def _labels(drawing: Drawing, layout: Layout) -> Iterator[str]:
    for edge, way in zip(drawing.edges, layout.ways, strict=True):
        if edge.label and way.label is not None:
            x, y = way.label
            said = fit(edge.label, SMALL, LABEL_ROOM)
            yield text(said, x, y + 4, "label", text_anchor="middle")


def _path(way: Way, *, sideways: bool) -> str:
    """Return a path through the points, which leaves and enters layers along their depth."""
    points = list(way.points)
    if way.round:
        (x, y), (far_x, far_y), (end_x, end_y) = points
        out = (far_x, y), (far_x, end_y)
        if sideways:
            out = (x, far_y), (end_x, far_y)
        return f"M{_at((x, y))}C{_at(out[0])} {_at(out[1])} {_at((end_x, end_y))}"
    made = [f"M{_at(points[0])}"]
    for (x, y), (to_x, to_y) in itertools.pairwise(points):
        aside = abs(to_y - y) if sideways else abs(to_x - x)
        if way.straight or aside < 0.5:
            made.append(f"L{_at((to_x, to_y))}")
        elif sideways:
            half = (x + to_x) / 2
            made.append(f"C{_at((half, y))} {_at((half, to_y))} {_at((to_x, to_y))}")
        else:
            half = (y + to_y) / 2
            made.append(f"C{_at((x, half))} {_at((to_x, half))} {_at((to_x, to_y))}")
    return "".join(made)


def _arrow(way: Way, *, sideways: bool) -> str:
    """Return an arrow's head: it points where its line enters. A straight one's is behind a box."""
    if way.straight:
        return ""
    end_x, end_y = way.points[-1]
    if way.round:
        dx, dy = (0.0, -1.0) if sideways else (-1.0, 0.0)
    elif sideways:
        dx, dy = _sign_of(end_x - x for x, _ in reversed(way.points)), 0.0
    else:
        dx, dy = 0.0, _sign_of(end_y - y for _, y in reversed(way.points))
    back_x, back_y = end_x - dx * ARROW * 1.3, end_y - dy * ARROW * 1.3
    wing = ARROW * 0.6
    one = (back_x + dy * wing, back_y + dx * wing)
    other = (back_x - dy * wing, back_y - dx * wing)
    return f"M{_at((end_x, end_y))}L{_at(one)}L{_at(other)}Z"


def _sign_of(differences: Iterable[float]) -> float:
    """Return the sign of the first difference that is one."""
    return next((1.0 if d > 0 else -1.0 for d in differences if abs(d) > 0.01), 1.0)


def _at(point: Point) -> str:
    return f"{number(point[0])} {number(point[1])}"
