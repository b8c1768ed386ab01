"""PDFium's glyphs, turned into words with their boxes: what `layout` and `reflow` read.

PDFium is not thread-safe and opens files of strangers, so only `pdf_child` calls this, in a
process of its own.
"""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from ctypes import byref, c_double
from dataclasses import dataclass, field
from math import degrees
from typing import Any, BinaryIO

from perdure.packs.functions.layout import Word, segments
from perdure.packs.functions.reflow import Page, running_text

MOST_CHARACTERS = 20_000_000
"""The most that a document may hold; a 1,000-page book has about three million."""

_BREAKS = frozenset("\u0002\ufffe")  # how PDFium writes a hyphen at the end of a line


class RefusedError(Exception):
    """The file cannot be read; its text is the reason in a word, with a number where one helps."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """A character with its box, turned upright; `size` is the height of its line."""

    character: str
    x0: float
    x1: float = field(kw_only=True)
    y: float = field(kw_only=True)
    size: float = field(kw_only=True)
    bold: bool = field(kw_only=True)


def read(file: BinaryIO, most_pages: int, password: str | None) -> tuple[int, str]:
    """Return the number of pages and the document's text; raise `RefusedError`."""
    import pypdfium2  # type: ignore[import-untyped]

    try:
        document = pypdfium2.PdfDocument(file, password=password)
    except pypdfium2.PdfiumError as error:
        raise RefusedError(_reason(error)) from error
    count = len(document)
    if count > most_pages:
        raise RefusedError(f"pages {count}")
    try:
        text = running_text(list(_pages(document, count)))
    except pypdfium2.PdfiumError as error:
        raise RefusedError("damaged") from error
    if not text.strip():
        raise RefusedError(f"blank {count}")
    return count, text


def _reason(error: Exception) -> str:
    from pypdfium2 import raw

    return "password" if getattr(error, "err_code", 0) == raw.FPDF_ERR_PASSWORD else "damaged"


def _pages(document: Any, count: int) -> Iterator[Page]:
    characters = 0
    for number in range(count):
        page = document[number]
        text_page = page.get_textpage()
        characters += text_page.count_chars()
        if characters > MOST_CHARACTERS:
            raise RefusedError("long")
        yield upright_page(text_page, page.get_mediabox())
        text_page.close()
        page.close()


def upright_page(text_page: Any, paper: tuple[float, float, float, float]) -> Page:
    """Return a page's lines as a reader holds it: most of its text upright, other text left out.

    What runs across the direction of most text (a stamp in the margin, a watermark) is no part of
    what is told. `paper` is the page's media box.
    """
    turn = _common_turn(text_page)
    left, bottom, right, top = paper
    height = right - left if turn in (90, 270) else top - bottom
    return Page(height, segments(words(_glyphs(text_page, turn, paper))))


def words(glyphs: Iterable[Glyph]) -> Iterator[Word]:
    """Join glyphs to words: they end at white space, and where the next glyph is elsewhere."""
    word: list[Glyph] = []
    for glyph in glyphs:
        if word and (glyph.character.isspace() or not _follows(word[-1], glyph)):
            yield _word(word)
            word = []
        if not glyph.character.isspace():
            word.append(glyph)
    if word:
        yield _word(word)


def _follows(last: Glyph, glyph: Glyph) -> bool:
    size = max(last.size, glyph.size)
    return abs(glyph.y - last.y) < 0.6 * size and -1.2 * size < glyph.x0 - last.x1 < 0.5 * size


def _word(glyphs: list[Glyph]) -> Word:
    main = max(glyphs, key=lambda glyph: glyph.size)
    return Word(
        "".join(glyph.character for glyph in glyphs),
        min(glyph.x0 for glyph in glyphs),
        x1=max(glyph.x1 for glyph in glyphs),
        y=main.y,
        size=main.size,
        bold=2 * sum(glyph.bold for glyph in glyphs) > len(glyphs),
    )


def _common_turn(text_page: Any) -> int:
    from pypdfium2 import raw

    count = text_page.count_chars()
    sample = range(0, count, max(1, count // 500))
    turns = Counter(_turn(raw.FPDFText_GetCharAngle(text_page, n)) for n in sample)
    turns.pop(-1, None)
    return turns.most_common(1)[0][0] if turns else 0


def _turn(angle: float) -> int:
    """Return an angle as quarter turns in degrees; -1 for what stands askew."""
    if angle < 0:
        return 0  # unknown
    quarter = round(degrees(angle) / 90) * 90
    return quarter % 360 if abs(degrees(angle) - quarter) < 4 else -1


def _glyphs(text_page: Any, turn: int, paper: tuple[float, float, float, float]) -> Iterator[Glyph]:
    from pypdfium2 import raw

    for n in range(text_page.count_chars()):
        character = _character(raw.FPDFText_GetUnicode(text_page, n))
        if character.isspace():
            yield Glyph(" ", 0, x1=0, y=0, size=0, bold=False)
        elif character and _turn(raw.FPDFText_GetCharAngle(text_page, n)) == turn:
            box = _box(text_page, n)
            if box:
                x0, x1, y, size = _turned(box, turn, paper)
                heavy = raw.FPDFText_GetFontWeight(text_page, n) >= 600
                yield Glyph(character, x0, x1=x1, y=y, size=size, bold=heavy)


def _character(code: int) -> str:
    if 0xD800 <= code <= 0xDFFF or code > sys.maxunicode:
        return "\ufffd"
    character = chr(code)
    if character in _BREAKS:
        return "-"
    if character in "\r\n\t\u00a0\u200b":
        return " "
    return character if character.isprintable() or character == "\u00ad" else ""


def _box(text_page: Any, n: int) -> tuple[float, float, float, float, float, float] | None:
    """Return left, right, bottom and top of a glyph's line, and its origin on the baseline."""
    from pypdfium2 import raw

    line, x, y = raw.FS_RECTF(), c_double(), c_double()
    found = raw.FPDFText_GetLooseCharBox(text_page, n, byref(line))
    if not (found and raw.FPDFText_GetCharOrigin(text_page, n, byref(x), byref(y))):
        return None
    if line.top - line.bottom < 0.1 or line.right - line.left < 0.1:
        return None  # nothing to see
    return line.left, line.right, line.bottom, line.top, x.value, y.value


def _turned(
    box: tuple[float, ...], turn: int, paper: tuple[float, float, float, float]
) -> tuple[float, float, float, float]:
    """Return left, right, baseline and height as they are when the page is held upright.

    PDFium counts angles clockwise: at 90 degrees text runs down the page, at 270 up.
    """
    left, right, bottom, top, x, y = box
    far_left, low, far_right, high = paper
    match turn:
        case 90:
            return high - top, high - bottom, x - far_left, right - left
        case 180:
            return far_right - right, far_right - left, high - y, top - bottom
        case 270:
            return bottom - low, top - low, far_right - x, right - left
        case _:
            return left - far_left, right - far_left, y - low, top - bottom
