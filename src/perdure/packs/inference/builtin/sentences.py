"""Sentences and sections of a text, as slices of it: what is given back is verbatim."""

# ruff: noqa: RUF001
# Typographic marks are looked for; word lists read as text.

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_PARAGRAPH_END = re.compile(r"\n[^\S\n]*\n\s*")
_END = re.compile(
    r"(?<![.!?…])(?:[.!?…]++[\"'”’»)\]]*)(?=\s+[\"'“‘«(\[¿¡]*[^\W_a-zß-öø-ÿ]|\s*$)|[。！？]+[」』”]?"
)
_WHOLE = re.compile(r"[.!?…][\"'”’»)\]]*$|[。！？][」』”]?$")
_CAPTION = re.compile(
    r"(?:tab(?:le|\.)?|fig(?:ure|\.)?|keywords?|tabelle|abbildung)\s*[\d:]", re.IGNORECASE
)
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\[\"“'])(?:mr|mrs|ms|dr|prof|sr|jr|st|vs|cf|e\.g|i\.e|fig|figs|eq|eqs|sec|secs|ch|ref|"
    r"refs|no|nos|vol|pp|p|al|approx|resp|dept|univ|gen|col|lt|sgt|capt|rev|hon|gov|sen|rep|bzw|ca|"
    r"z\.b|d\.h|u\.a|mme|mlle|sra|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec|[a-z]|"
    r"(?:[a-z]\.)+[a-z])\.$",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"(?P<number>\d{1,2}(?:\.\d{1,2}){0,3})\.?\s+(?=\S)|(?P<roman>[IVX]{1,5})\.\s+(?=\S)"
)
_MARKED = re.compile(r"(?P<marks>#{1,6})\s+")
_NAMES = (
    "abstract|summary|introduction|background|motivation|related work|literature review|"
    "(?:materials? and )?methods?(?: and materials?)?|methodology|approach|procedure|design|"
    "experiments?|experimental (?:setup|design|procedure)|evaluation|results?(?: and discussion)?|"
    "findings|discussion|analysis|limitations?|threats to validity|conclusions?|future work|"
    "acknowledge?ments?|references|bibliography|appendix|keywords|data|participants"
)
_NAMED = re.compile(rf"(?:{_NAMES})\s*:?", re.IGNORECASE)
_RUN_IN = re.compile(rf"(?P<name>{_NAMES})\s*(?::|\.\s*[—–-]|[—–])\s+(?=\S)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence where it stands: `text` is the slice from `start` to `end`.

    `headings` are those that it stands under, outermost first.
    """

    text: str
    start: int
    end: int = field(kw_only=True)
    headings: tuple[str, ...] = field(default=(), kw_only=True)

    @property
    def is_whole(self) -> bool:
        """Tell a sentence from a title, a caption or a scrap of a table."""
        return bool(_WHOLE.search(self.text)) and not _CAPTION.match(self.text)


def sentences(text: str) -> list[Sentence]:
    """Return the sentences in order; headings, captions of tables and lone numbers are none."""
    found: list[Sentence] = []
    open_headings: list[tuple[int, str]] = []
    for start, end in _blocks(text):
        block = text[start:end]
        heading = _heading(block)
        if heading is not None:
            level, name = heading
            open_headings = [(n, h) for n, h in open_headings if n < level] + [(level, name)]
            continue
        above = tuple(name for _, name in open_headings)
        run_in = _RUN_IN.match(block)
        if run_in:
            above = (run_in["name"],)
        begun = start + run_in.end() if run_in else start
        found += _split(text, begun, end, above)
    return found


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Give paragraphs; a short line at the head of one, such as a title, is a block of its own."""
    start = 0
    for gap in [*_PARAGRAPH_END.finditer(text), None]:
        end = gap.start() if gap else len(text)
        yield from _lines_apart(text, start, end)
        start = gap.end() if gap else end


def _lines_apart(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    lines = text[start:end].split("\n")
    widest = max(len(line) for line in lines)
    place = begun = start
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        place += len(line) + 1
        stripped = line.strip()
        apart = following and stripped and _is_apart(stripped, following.strip(), widest)
        if apart or place > end:
            block = text[begun : min(place - 1, end)]
            if block.strip():
                lead = len(block) - len(block.lstrip())
                yield begun + lead, begun + len(block.rstrip())
            begun = place


def _is_apart(line: str, following: str, widest: int) -> bool:
    if _heading(line) is not None or _heading(following) is not None:
        return True
    starts = following[:1]
    ended = line[-1] in ".!?。！？:"
    return len(line) < 0.6 * widest and (ended or starts.isupper() or starts in "-*•[")


def _heading(block: str) -> tuple[int, str] | None:
    """Return the level and name of a heading, if the block is one."""
    if len(block) > 90 or "\n" in block or block[-1:] in ".!?;,。":
        return None
    marked = _MARKED.match(block)
    if marked:
        return len(marked["marks"]), block[marked.end() :]
    if _NAMED.fullmatch(block):
        return 1, block.rstrip(" :")
    numbered = _NUMBERED.match(block)
    if not numbered or len(block.split()) > 12:
        return None
    name = block[numbered.end() :]
    level = 1 + (numbered["number"] or "").count(".")
    return (level, name) if name[0].isupper() else None


def _split(text: str, start: int, end: int, above: tuple[str, ...]) -> Iterator[Sentence]:
    begun = start
    for mark in _END.finditer(text, start, end):
        stop = mark.end()
        if stop <= begun or (
            _ABBREVIATION.search(text[max(begun, stop - 12) : stop]) and stop < end
        ):
            continue
        yield from _one(text, begun, stop, above)
        begun = stop
    yield from _one(text, begun, end, above)


def _one(text: str, start: int, end: int, above: tuple[str, ...]) -> Iterator[Sentence]:
    piece = text[start:end]
    lead = len(piece) - len(piece.lstrip())
    piece = piece.strip()
    if piece:
        begun = start + lead
        yield Sentence(piece, begun, end=begun + len(piece), headings=above)
