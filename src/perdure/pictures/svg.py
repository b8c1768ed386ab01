"""SVG as text: elements, numbers, and a page that can be read by day and by night.

What stands in it needs no script, no font and no file of anybody's. Colours are given by classes, and
a style sheet has them twice, because not every viewer knows variables.
"""

from collections.abc import Iterable, Mapping
from html import escape

from perdure.pictures.letters import clean
from perdure.pictures.states import STATES

MARGIN = 28.0
FONT = 'ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif'

_LIGHT = {
    "page": "#ffffff",
    "ink": "#1f2328",
    "dim": "#59636e",
    "line": "#6e7781",
    "hair": "#d1d9e0",
}
_DARK = {
    "page": "#0d1117",
    "ink": "#e6edf3",
    "dim": "#9198a1",
    "line": "#8b949e",
    "hair": "#30363d",
}


def number(value: float) -> str:
    """Return a coordinate: at most one decimal."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def tag(name: str, inner: str = "", /, **attributes: float | str) -> str:
    """Return an element; `class_` is class, other underscores are hyphens. `inner` is written as it is."""
    told = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_value(value)}"'
        for key, value in attributes.items()
    )
    return f"<{name}{told}>{inner}</{name}>" if inner else f"<{name}{told}/>"


def text(said: str, x: float, y: float, kind: str, **more: float | str) -> str:
    """Return a text at a place."""
    return tag("text", escape(clean(said), quote=False), x=x, y=y, class_=kind, **more)


def tip(said: str) -> str:
    """Return what is told to who points at the element around it; nothing for nothing."""
    return tag("title", escape(clean(said), quote=False)) if said else ""


def page(title: str, size: tuple[float, float], body: Iterable[str], extra: str = "") -> str:
    """Return a whole picture of a size, with a title for who cannot see it, and further styles."""
    width, height = size
    parts = [
        tag("title", escape(clean(title), quote=False)),
        tag("style", _style() + extra),
        tag("rect", width="100%", height="100%", class_="page"),
        *body,
    ]
    inner = "\n".join(parts)
    return (
        tag(
            "svg",
            f"\n{inner}\n",
            xmlns="http://www.w3.org/2000/svg",
            viewBox=f"0 0 {number(width)} {number(height)}",
            width=width,
            height=height,
            role="img",
        )
        + "\n"
    )


def _value(value: float | str) -> str:
    return escape(value) if isinstance(value, str) else number(value)


def _style() -> str:
    return (
        f"text{{font-family:{FONT}}}"
        ".title{font-size:17px;font-weight:600}.fact{font-size:12px}"
        ".name{font-size:13px;font-weight:600}.small{font-size:11px}"
        ".edge{fill:none;stroke-width:1.4}.tipped{stroke:none}.dashed{stroke-dasharray:5 4}"
        ".faint{opacity:.4}.frame{fill:none;stroke-dasharray:2 4;stroke-linecap:round}"
        ".box{stroke-width:1.3}.sign{fill:none;stroke-width:1.6;stroke-linecap:round;"
        "stroke-linejoin:round}.label{font-size:11px;paint-order:stroke;stroke-width:5px;"
        f"stroke-linejoin:round}}{_rules(_LIGHT, 'light')}"
        f"@media (prefers-color-scheme:dark){{{_rules(_DARK, 'dark')}}}"
    )


def _rules(colours: Mapping[str, str], ground: str) -> str:
    rules = [
        ".page{{fill:{page}}}.title,.name{{fill:{ink}}}.fact,.small,.label{{fill:{dim}}}",
        ".label{{stroke:{page}}}.edge,.frame{{stroke:{line}}}.tipped,.start{{fill:{line}}}",
        ".grid{{stroke:{hair}}}.plain .box{{fill:{page};stroke:{line}}}.plain .sign{{stroke:{dim}}}",
    ]
    made = "".join(rule.format_map(colours) for rule in rules)
    for state, look in STATES.items():
        fill, line, ink = look.light if ground == "light" else look.dark
        made += (
            f".{state} .box{{fill:{fill};stroke:{line}}}.{state} .sign{{stroke:{line}}}"
            f".{state} text{{fill:{ink}}}"
        )
    return made
