"""The lines of a document's pages, turned into running text.

Running headers, footers and page numbers go; lines become paragraphs, across columns and pages;
words broken at the end of a line are joined again. Hyphens that belong to a word are kept: those
that the same document writes within a line, and those before a capital or a digit.
"""

# ruff: noqa: RUF001
# The typographic marks are what is looked for.

import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice, pairwise
from statistics import median

from perdure.packs.functions.layout import Line, in_reading_order

MARGIN = 0.12
"""The share of a page's height, at the top and at the foot, where furniture stands."""

_PAGE_NUMBER = re.compile(
    r"(?:page|p\.|seite|página|pagina)?\s*[-–—|\[(]?\s*(?:\d{1,4}|[ivxlc]{1,7})\s*[-–—|\])]?"
    r"(?:\s*(?:of|/|von|de|di|sur)\s*\d{1,4})?",
    re.IGNORECASE,
)
_HEADING = re.compile(r"(?:\d{1,2}(?:\.\d{1,2}){0,3}\.?|[IVX]{1,5}\.|[A-Z]\.)\s+\S")
_ITEM = re.compile(r"(?:\[\d{1,3}\]|\(?\d{1,3}[.)]|[-•‣◦▪*–])\s+\S")
_BROKEN = re.compile(r"([^\W\d_]+)([-‐\u00ad])$")
_SENTENCE_END = re.compile(r"[.!?:][\"'”’)\]]*$|[。！？：]$")
_COMPOUND = re.compile(r"[^\W\d_]+(?:[-‐][^\W\d_]+)+")
_LETTERS = re.compile(r"[^\W\d_]+")
_LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st", "\u00a0": " "}
)
_KEEPS_HYPHEN = frozenset({"self", "well", "ex", "half", "all"})


@dataclass(frozen=True, slots=True)
class Page:
    """A page's height and its pieces of lines, in any order."""

    height: float
    lines: Sequence[Line] = field(default=())


def running_text(pages: Sequence[Page]) -> str:
    """Return the text of the pages, paragraphs parted by an empty line."""
    lines = [
        [_clean(line) for line in in_reading_order(page.lines)] for page in without_furniture(pages)
    ]
    flat = [line for page in lines for line in page if line.text]
    known = _vocabulary(flat)
    whole = _reunited(list(_paragraphs(flat)))
    return "\n\n".join(_joined(paragraph, known) for paragraph in whole)


def without_furniture(pages: Sequence[Page]) -> list[Page]:
    """Return the pages without what stands in their margins only to help leafing through.

    That is: what is repeated, numbers aside, at the same place of a page nearby (left and right
    pages alternate, so up to two pages away), and lone page numbers.
    """
    keys = [{_key(line, page) for line in page.lines if _in_margin(line, page)} for page in pages]
    return [
        Page(page.height, [line for line in page.lines if not _is_furniture(line, n, page, keys)])
        for n, page in enumerate(pages)
    ]


def _is_furniture(line: Line, n: int, page: Page, keys: Sequence[set[tuple[str, int]]]) -> bool:
    if not _in_margin(line, page):
        return False
    nearby = [m for m in range(max(0, n - 2), min(len(keys), n + 3)) if m != n]
    text, place = _key(line, page)
    if any((text, place + d) in keys[m] for m in nearby for d in (-1, 0, 1)):
        return True
    return bool(_PAGE_NUMBER.fullmatch(line.text.strip())) and _stands_alone(line, page)


def _key(line: Line, page: Page) -> tuple[str, int]:
    text = re.sub(r"\d+|\b[ivxlc]+$", "#", " ".join(line.text.lower().split()))
    return text, round((page.height - line.y) / 4)


def _in_margin(line: Line, page: Page) -> bool:
    return line.y > (1 - MARGIN) * page.height or line.y < MARGIN * page.height


def _stands_alone(line: Line, page: Page) -> bool:
    return all(
        other is line or abs(other.y - line.y) > 1.2 * line.size or _in_margin(other, page)
        for other in page.lines
    )


def _clean(line: Line) -> Line:
    text = line.text.translate(_LIGATURES)
    text = "".join(c for c in text if c.isprintable() or c == "\u00ad")
    return replace(line, text=" ".join(text.split()))


def _paragraphs(lines: Sequence[Line]) -> Iterator[list[Line]]:
    leading = _leading(lines)
    paragraph: list[Line] = []
    for line in lines:
        if paragraph and _begins(line, paragraph, leading):
            yield paragraph
            paragraph = []
        paragraph.append(line)
    if paragraph:
        yield paragraph


def _reunited(paragraphs: list[list[Line]]) -> list[list[Line]]:
    """Join paragraphs that a footnote, a figure or a table has cut in two; those come after."""
    made: list[list[Line]] = []
    waiting = deque(paragraphs)
    while waiting:
        first = waiting.popleft()
        rest = _continuation(first, waiting) if _is_unfinished(first) else None
        if rest is None:
            made.append(first)
        else:
            whole = first + waiting[rest]
            del waiting[rest]
            waiting.appendleft(whole)
    return made


def _is_unfinished(paragraph: Sequence[Line]) -> bool:
    last = paragraph[-1]
    ended = bool(_SENTENCE_END.search(last.text)) or last.cells > 1
    return not ended and len(paragraph) > 1 and (not _is_short(last) or last.text[-1] == "-")


def _continuation(paragraph: Sequence[Line], following: Iterable[Sequence[Line]]) -> int | None:
    """Return where a broken paragraph goes on: in the same type, with a small letter."""
    size = paragraph[-1].size
    for n, other in enumerate(islice(following, 6)):
        if _is_heading(other[0]):
            return None
        if abs(other[0].size - size) < 0.04 * size and other[0].text[0].islower():
            return n
    return None


def _begins(line: Line, paragraph: Sequence[Line], leading: float) -> bool:
    """Tell whether a line begins a paragraph after the lines before it."""
    last = paragraph[-1]
    if line.cells > 1 or last.cells > 1:
        return (line.cells > 1) != (last.cells > 1)  # the rows of a table keep together
    return (
        _is_other_type(line, last)
        or (bool(_ITEM.match(line.text)) and not _BROKEN.search(last.text))
        or _is_further_down(line, last, leading)
        or (_is_indented(line) and not _hangs(paragraph))
        or (_is_short(last) and bool(_SENTENCE_END.search(last.text)))
    )


def _is_other_type(line: Line, last: Line) -> bool:
    if abs(line.size - last.size) > 0.08 * last.size or _is_heading(last) or _is_heading(line):
        return True
    return line.bold != last.bold and (_is_short(last) or line.bold)


def _is_further_down(line: Line, last: Line, leading: float) -> bool:
    return abs(line.left - last.left) < 1 and last.y - line.y > 1.22 * leading * line.size


def _leading(lines: Sequence[Line]) -> float:
    """Return how far apart lines of one paragraph are, in sizes of their type."""
    gaps = [
        (a.y - b.y) / a.size
        for a, b in pairwise(lines)
        if a.left == b.left and 0.5 * a.size < a.y - b.y < 3 * a.size
    ]
    return median(gaps) if gaps else 1.2


def _is_heading(line: Line) -> bool:
    """Tell a numbered heading by its look: short, no full stop, a capital after the number."""
    found = _HEADING.match(line.text)
    if found is None or not _is_short(line) or len(line.text) > 90:
        return False
    return line.text[found.end() - 1].isupper() and line.text[-1] not in ".,;-"


def _is_short(line: Line) -> bool:
    return line.x1 < line.right - 0.12 * (line.right - line.left)


def _is_indented(line: Line) -> bool:
    return 0.5 * line.size < line.x0 - line.left < 4 * line.size


def _hangs(paragraph: Sequence[Line]) -> bool:
    """Tell a list's entry, or a paragraph that is indented as a whole."""
    return bool(_ITEM.match(paragraph[0].text)) or _is_indented(paragraph[-1])


def _vocabulary(lines: Iterable[Line]) -> frozenset[str]:
    """Collect the words that stand whole within a line, compounds with their hyphens."""
    known: set[str] = set()
    for line in lines:
        words = line.text.lower().split()
        for word in words[:-1] if _BROKEN.search(line.text) else words:
            known.update(_LETTERS.findall(word))
            known.update(_COMPOUND.findall(word))
    return frozenset(known)


def _joined(paragraph: Sequence[Line], known: frozenset[str]) -> str:
    text = paragraph[0].text
    if paragraph[0].cells > 1:
        return "\n".join(line.text for line in paragraph)
    for line in paragraph[1:]:
        text = _glued(text, line.text, known)
    return text.replace("\u00ad", "")


def _glued(before: str, after: str, known: frozenset[str]) -> str:
    broken = _BROKEN.search(before)
    if broken and after[0].isalnum():
        keeps = _keeps_hyphen(broken[1].lower(), broken[2], after, known)
        return before + after if keeps else before[:-1] + after
    if before[-1] in "—–/" or (_is_ideographic(before[-1]) and _is_ideographic(after[0])):
        return before + after
    return f"{before} {after}"


def _keeps_hyphen(left: str, mark: str, after: str, known: frozenset[str]) -> bool:
    following = _LETTERS.match(after)
    if mark == "\u00ad":
        return False
    if following is None or after[0].isupper():
        return True
    right = following[0].lower()
    if f"{left}-{right}" in known:
        return True
    return left in _KEEPS_HYPHEN and left + right not in known


def _is_ideographic(character: str) -> bool:
    return "\u3000" <= character <= "\u9fff" or "\uff00" <= character <= "\uffef"
