"""A drawing as Mermaid's text."""

import re
from collections.abc import Iterator
from itertools import groupby

from perdure.pictures.drawings import Drawing, Edge, Node
from perdure.pictures.states import STATES

_SAFE = re.compile(r"[^A-Za-z0-9 _.,:/()+-]")
_BRACKETS = {
    "step": ('["', '"]'),
    "choice": ('{{"', '"}}'),
    "loop": ('[["', '"]]'),
    "hook": ('(["', '"])'),
    "start": ('(("', '"))'),
}


def write(drawing: Drawing) -> str:
    """Return Mermaid text of a drawing, with the colours of the nodes' states."""
    lines = ["flowchart TD", *_nodes(drawing)]
    lines += [_edge(edge) for edge in drawing.edges]
    lines += _colours(drawing)
    return "\n".join(f"    {line}" if number else line for number, line in enumerate(lines)) + "\n"


def label(text: str) -> str:
    """Return a text for a label: what Mermaid would read as its own becomes an entity."""
    return _SAFE.sub(lambda found: f"#{ord(found[0])};", text)


def _nodes(drawing: Drawing) -> Iterator[str]:
    """Yield the nodes, those of one group inside of a frame."""
    ordered = sorted(drawing.nodes, key=lambda node: node.group)
    for number, (group, nodes) in enumerate(groupby(ordered, key=lambda node: node.group)):
        if not group:
            yield from map(_node, nodes)
            continue
        yield f'subgraph g{number}["{label(group)}"]'
        yield from (f"    {_node(node)}" for node in nodes)
        yield "end"


def _node(node: Node) -> str:
    opening, closing = _BRACKETS[node.shape]
    more = "".join(f"<br/><i>{label(line)}</i>" for line in node.lines)
    return f"{node.id}{opening}{label(node.title) or ' '}{more}{closing}"


def _edge(edge: Edge) -> str:
    arrow = "-.->" if edge.dashed or edge.faint else "-->"
    said = f"|{label(edge.label)}|" if edge.label else ""
    return f"{edge.tail} {arrow}{said} {edge.head}"


def _colours(drawing: Drawing) -> Iterator[str]:
    for state, look in STATES.items():
        named = [node.id for node in drawing.nodes if node.state == state]
        if named:
            fill, line, ink = look.light
            dashes = ",stroke-dasharray:4 3" if look.dashed else ""
            yield f"classDef {state} fill:{fill},stroke:{line},color:{ink}{dashes}"
            yield f"class {','.join(named)} {state}"
