"""How wide a text will be, whatever font there is, and what is left of it where that is too much.

Widths are those of DejaVu Sans, in thousandths of the font's size: wider than the fonts of other
systems, so that what fits here fits there.
"""

import unicodedata

ELLIPSIS = "…"
_BOLD = 1.1
_USUAL = 640
_WIDE = 1_020
_THIN = {
    letter: width
    for letters, width in (
        ("ijl|'", 310),
        ("Iftr.,:;()[]! -/\\`", 410),
        ('_"sczxvky*?JL', 590),
        ("ABCEFKPRSTVXYZ", 700),
        ("DGHNOQU+=<>~^#&", 840),
        ("mMwW%@…", 1_000),
    )
    for letter in letters
}
_TURNING = (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
_STEERS = dict.fromkeys([*range(32), *range(127, 160), *_TURNING, 0xFFFE, 0xFFFF], "\ufffd")
_STEERS |= dict.fromkeys(map(ord, "\t\n\r\u2028\u2029"), " ")


def clean(text: str) -> str:
    """Return a text without what XML cannot hold, and without what turns the text around it."""
    return text.translate(_STEERS).encode("utf-8", "replace").decode("utf-8")


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Return how wide a text is at most, at a font's size."""
    total = sum(map(_width, text)) * size / 1_000
    return total * _BOLD if bold else total


def fit(text: str, size: float, room: float, *, bold: bool = False) -> str:
    """Return a text, cut with an ellipsis where it is wider than there is room."""
    if width(text, size, bold=bold) <= room:
        return text
    kept = text[: int(room)]
    while kept and width(kept + ELLIPSIS, size, bold=bold) > room:
        kept = kept[:-1]
    return kept.rstrip() + ELLIPSIS


def _width(letter: str) -> int:
    if letter in _THIN:
        return _THIN[letter]
    if unicodedata.combining(letter):
        return 0
    return _WIDE if unicodedata.east_asian_width(letter) in "WF" else _USUAL
