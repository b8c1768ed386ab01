"""Rows of text in columns: as wide as they need to be, and in a terminal no wider than it is."""

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.text import Text

GAP = 2
LEAST = 8
"""How narrow a column becomes at most where there is not enough room."""

Cell = Text | str


def print_columns(
    console: Console, header: Sequence[str], rows: Iterable[Sequence[Cell]], shrinks: Sequence[int]
) -> None:
    """Print rows under a header. In a terminal the columns in `shrinks`, in this order, give way."""
    titles = [Text(title, style="bold") for title in header]
    width = console.width if console.is_terminal else None
    for line in lay_out([titles, *rows], shrinks, width):
        console.print(line, soft_wrap=True)


def lay_out(
    rows: Iterable[Sequence[Cell]], shrinks: Sequence[int], width: int | None
) -> list[Text]:
    """Return a line for each row, cells below each other; None is any width."""
    cells = [[cell if isinstance(cell, Text) else Text(cell) for cell in row] for row in rows]
    widths = [max(cell.cell_len for cell in column) for column in zip(*cells, strict=True)]
    if width is not None:
        _narrow(widths, shrinks, width)
    return [_line(row, widths) for row in cells]


def _narrow(widths: list[int], shrinks: Sequence[int], width: int) -> None:
    excess = sum(widths) + GAP * (len(widths) - 1) - width
    for column in shrinks:
        given = max(min(excess, widths[column] - LEAST), 0)
        widths[column] -= given
        excess -= given


def _line(row: Sequence[Text], widths: Sequence[int]) -> Text:
    line = Text()
    for cell, width in zip(row, widths, strict=True):
        shown = cell.copy()
        shown.truncate(width, overflow="ellipsis", pad=True)
        line.append_text(shown)
        line.append(" " * GAP)
    line.rstrip()
    return line
