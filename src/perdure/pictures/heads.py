"""What stands above a picture: its title, facts, and what the colours mean."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from perdure.pictures.letters import fit, width
from perdure.pictures.states import STATES, words
from perdure.pictures.svg import MARGIN, number, tag, text

MOST = 860.0
"""How wide a title is at most, and the facts."""


@dataclass(frozen=True, slots=True)
class Head:
    """A picture's head as elements, and how large it is, without the margins around it."""

    parts: tuple[str, ...]
    width: float
    height: float


def head(title: str, facts: Sequence[str], counts: Mapping[str, int]) -> Head:
    """Return the head of a picture in which so many things are in each state."""
    said = fit(" · ".join(facts), 12, MOST)
    shown = fit(title, 17, MOST, bold=True)
    parts = [
        text(shown, MARGIN, MARGIN + 14, "title"),
        text(said, MARGIN, MARGIN + 36, "fact"),
    ]
    x = MARGIN
    for state in STATES:
        if state in counts:
            named = f"{words(state)} {counts[state]}"
            box = tag("rect", x=x, y=MARGIN + 52, width=18, height=18, rx=5, class_="box")
            parts.append(tag("g", box + sign(state, (x + 3, MARGIN + 55)), class_=state))
            parts.append(text(named, x + 24, MARGIN + 65, "fact"))
            x += 24 + width(named, 12) + 16
    widest = max(width(shown, 17, bold=True), width(said, 12), x - MARGIN)
    return Head(tuple(parts), widest, 90.0 if counts else 62.0)


def sign(state: str, at: tuple[float, float]) -> str:
    """Return the sign of a state, its upper left corner at a place."""
    return tag(
        "path",
        d=STATES[state].sign,
        transform=f"translate({number(at[0])} {number(at[1])})",
        class_="sign",
    )
