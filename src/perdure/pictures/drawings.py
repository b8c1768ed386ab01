"""What there is to draw of a workflow: boxes with texts, and arrows between them.

Plain data, for whoever writes it down. Texts are as people wrote them; each writer escapes its own.
"""

from dataclasses import dataclass, field
from typing import Literal

Shape = Literal["step", "choice", "loop", "start", "hook"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A box. `lines` stand under its title, `tip` is told to who points at it.

    `state` is one of `states.STATES`, or nothing. Nodes of one `group` stand in one frame where they
    stand side by side.
    """

    id: str
    title: str
    shape: Shape = "step"
    lines: tuple[str, ...] = ()
    state: str = ""
    group: str = ""
    tip: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """An arrow between nodes, by their ids. One that is `faint` was not gone, and will not be."""

    tail: str
    head: str
    label: str = ""
    dashed: bool = False
    faint: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A picture's content. `facts` stand under its title."""

    title: str
    facts: tuple[str, ...] = ()
    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()
    index: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Give the nodes numbers."""
        object.__setattr__(self, "index", {node.id: at for at, node in enumerate(self.nodes)})

    def counts(self) -> dict[str, int]:
        """Return how many nodes are in each state, in the order in which states are first met."""
        found: dict[str, int] = {}
        for node in self.nodes:
            if node.state:
                found[node.state] = found.get(node.state, 0) + 1
        return found
