"""Where the words of a page stand, turned into lines in the order in which people read them.

Pure geometry: words come in the order of the file, with their boxes in points, y growing upwards.
Columns are found by their gutter: a height of white that few lines cross. What crosses it (a
title, a wide figure's caption) divides the columns above it from those below.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from statistics import median

STEP = 2.0
"""How finely gutters are looked for, in points."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word with its box; `size` is the height of its line, `bold` whether it is set heavy."""

    text: str
    x0: float
    x1: float = field(kw_only=True)
    y: float = field(kw_only=True)
    size: float = field(kw_only=True)
    bold: bool = field(default=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Line:
    """Words side by side; `left` and `right` are the edges of the column that it stands in.

    `cells` is above 1 for a row of a table: pieces with more than word space between them.
    """

    text: str
    x0: float
    x1: float = field(kw_only=True)
    y: float = field(kw_only=True)
    size: float = field(kw_only=True)
    bold: bool = field(default=False, kw_only=True)
    left: float = field(default=0.0, kw_only=True)
    right: float = field(default=0.0, kw_only=True)
    cells: int = field(default=1, kw_only=True)


def segments(words: Iterable[Word]) -> list[Line]:
    """Join words that stand side by side, no further apart than words of one column do."""
    groups: list[list[Word]] = []
    for word in words:
        if groups and _continues(groups[-1][-1], word):
            groups[-1].append(word)
        else:
            groups.append([word])
    return _joined_neighbours([_line(group) for group in groups])


def in_reading_order(lines: Sequence[Line]) -> list[Line]:
    """Return the lines column by column, each knowing its column's edges.

    Pieces of one row that belong together (the cells of a table) become one line.
    """
    gutter = _gutter(lines)
    if gutter is None:
        return _one_column(lines)
    ordered: list[Line] = []
    left: list[Line] = []
    right: list[Line] = []
    for line in sorted(lines, key=lambda line: -line.y):
        if line.x0 < gutter < line.x1:
            ordered += [*in_reading_order(left), *in_reading_order(right), *_one_column([line])]
            left, right = [], []
        else:
            (left if line.x1 <= gutter else right).append(line)
    return [*ordered, *in_reading_order(left), *in_reading_order(right)]


def _continues(last: Word, word: Word) -> bool:
    size = max(last.size, word.size)
    return _same_row(last, word) and -0.3 * size < word.x0 - last.x1 < 0.9 * size


def _same_row(a: Word | Line, b: Word | Line) -> bool:
    """Tell whether two boxes overlap in height enough to be of one row (a superscript does)."""
    overlap = min(a.y + a.size, b.y + b.size) - max(a.y, b.y)
    return overlap > 0.45 * min(a.size, b.size)


def _line(group: Sequence[Word]) -> Line:
    main = _main(group)
    heavy = sum(len(word.text) for word in group if word.bold)
    return Line(
        " ".join(word.text for word in group),
        min(word.x0 for word in group),
        x1=max(word.x1 for word in group),
        y=main.y,
        size=main.size,
        bold=2 * heavy > sum(len(word.text) for word in group),
    )


def _main(group: Sequence[Word]) -> Word:
    """Return a word in the type that most of a line is set in."""
    letters: Counter[float] = Counter()
    for word in group:
        letters[round(word.size, 1)] += len(word.text)
    size = letters.most_common(1)[0][0]
    return next(word for word in group if round(word.size, 1) == size)


def _joined_neighbours(lines: list[Line]) -> list[Line]:
    """Join pieces of a row that the file holds apart, such as a bold word set by itself."""
    made: list[Line] = []
    for row in _rows(lines):
        kept = row[0]
        for line in row[1:]:
            if -1.0 < line.x0 - kept.x1 < 0.6 * max(line.size, kept.size):
                kept = _merge(kept, line, apart=line.x0 - kept.x1 > 0.08 * line.size)
            else:
                made.append(kept)
                kept = line
        made.append(kept)
    return made


def _rows(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """Group lines whose baselines agree, top first, each row from left to right."""
    row: list[Line] = []
    for line in sorted(lines, key=lambda line: (-line.y, line.x0)):
        if row and abs(row[0].y - line.y) > 0.25 * min(row[0].size, line.size):
            yield sorted(row, key=lambda line: line.x0)
            row = []
        row.append(line)
    if row:
        yield sorted(row, key=lambda line: line.x0)


def _merge(first: Line, second: Line, *, apart: bool = True) -> Line:
    longer = max(first, second, key=lambda line: len(line.text))
    return Line(
        f"{first.text}{' ' if apart else ''}{second.text}",
        min(first.x0, second.x0),
        x1=max(first.x1, second.x1),
        y=longer.y,
        size=longer.size,
        bold=first.bold and second.bold,
    )


def _one_column(lines: Sequence[Line]) -> list[Line]:
    if not lines:
        return []
    left, right = min(line.x0 for line in lines), max(line.x1 for line in lines)
    made = []
    for row in _rows(lines):
        whole = row[0]
        for line in row[1:]:
            whole = _merge(whole, line)
        gaps = (b.x0 - a.x1 for a, b in pairwise(row))
        cells = 1 + sum(gap > 1.6 * whole.size for gap in gaps)
        made.append(replace(whole, left=left, right=right, cells=cells))
    return made


def _gutter(lines: Sequence[Line]) -> float | None:
    """Return the x of the white between two columns of prose, if there are two."""
    if len(lines) < 8:
        return None
    left, right = min(line.x0 for line in lines), max(line.x1 for line in lines)
    width = right - left
    count = int(0.6 * width / STEP)
    places = [left + 0.2 * width + STEP * n for n in range(count + 1)]
    crossed = [sum(line.x0 < x < line.x1 for line in lines) for x in places]
    fewest = min(crossed)
    if fewest > 0.4 * len(lines):
        return None
    x = _middle([place for place, n in zip(places, crossed, strict=True) if n == fewest])
    return x if _is_between_columns(lines, x, (left, right)) else None


def _middle(places: Sequence[float]) -> float:
    """Return the middle of the longest unbroken run of places."""
    runs: list[list[float]] = []
    for place in places:
        if runs and place - runs[-1][-1] < 1.5 * STEP:
            runs[-1].append(place)
        else:
            runs.append([place])
    longest = max(runs, key=len)
    return (longest[0] + longest[-1]) / 2


def _is_between_columns(lines: Sequence[Line], x: float, edges: tuple[float, float]) -> bool:
    """Tell columns of prose from those of a table: prose fills its column, or parts it again."""
    sides = ([line for line in lines if line.x1 <= x], [line for line in lines if line.x0 >= x])
    widths = (x - edges[0], edges[1] - x)
    return all(
        len(side) > 2
        and (median(line.x1 - line.x0 for line in side) > 0.5 * width or _gutter(side) is not None)
        for side, width in zip(sides, widths, strict=True)
    )
