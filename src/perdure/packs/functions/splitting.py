"""`split_text`: a text in pieces, no longer than what a later step takes."""

import itertools
import re
from typing import Annotated

from annotated_types import Ge

from perdure.authoring.functions import function
from perdure.errors import InvalidInputError

_SPACE = re.compile(r"\s+")


@function("split_text", returns="list")
def split_text(
    text: str,
    *,
    separator: str = "\n\n",
    max_characters: Annotated[int, Ge(0)] = 0,
    overlap: Annotated[int, Ge(0)] = 0,
) -> list[str]:
    """Return the parts between separators (paragraphs, if none is named), without empty ones.

    With `max_characters` neighbours are put together up to this length, and a part that is longer
    is cut between words. `overlap` characters of a piece, from a word's beginning on, begin the
    next one as well; they count.
    """
    if overlap and overlap * 2 > max_characters:
        raise InvalidInputError("must be at most half of max_characters", path="parameters.overlap")
    parts = [part.strip() for part in (text.split(separator) if separator else [text])]
    parts = [part for part in parts if part]
    if not max_characters:
        return parts
    room = max_characters - overlap
    cut = [piece for part in parts for piece in _cut(part, room)]
    return _overlapping(_packed(cut, separator, room), overlap)


def _cut(part: str, room: int) -> list[str]:
    """Return a part in pieces that fit, cut at white space where there is some."""
    pieces = []
    while len(part) > room:
        at = max((space.start() for space in _SPACE.finditer(part, 0, room + 1)), default=0)
        at = at or room
        pieces.append(part[:at].rstrip())
        part = part[at:].lstrip()
    return [*pieces, part] if part else pieces


def _packed(pieces: list[str], separator: str, room: int) -> list[str]:
    made: list[str] = []
    for piece in pieces:
        joined = f"{made[-1]}{separator or ' '}{piece}" if made else piece
        if made and len(joined) <= room:
            made[-1] = joined
        else:
            made.append(piece)
    return made


def _overlapping(pieces: list[str], overlap: int) -> list[str]:
    if not overlap:
        return pieces
    made = pieces[:1]
    for before, piece in itertools.pairwise(pieces):
        tail = before[-(overlap - 1) :] if overlap > 1 else ""
        if len(tail) < len(before):
            tail = tail.partition(" ")[2] if " " in tail else ""
        made.append(f"{tail} {piece}" if tail else piece)
    return made
