"""What PDFium tells of glyphs, made words."""

import io

import pytest

from perdure.packs.functions import pdfium
from perdure.packs.functions.pdfium import Glyph, RefusedError
from tests.packs.functions.pdfs import Put, make_pdf

pytest.importorskip("pypdfium2")


def read(*pages, most=10, password=None):
    return pdfium.read(io.BytesIO(make_pdf(pages, password=password)), most, password)


def glyphs(text, *, x=0.0, y=0.0, size=10.0, width=5.0):
    return [
        Glyph(c, x + n * width, x1=x + (n + 1) * width, y=y, size=size, bold=False)
        for n, c in enumerate(text)
    ]


def test_words_end_at_white_space_and_where_the_next_glyph_is_elsewhere():
    line = glyphs("ab cd")
    below = glyphs("ef", x=10, y=-30)

    assert [word.text for word in pdfium.words([*line, *below])] == ["ab", "cd", "ef"]


def test_the_letters_of_a_ligature_stand_on_one_place_and_stay_together():
    one, two = glyphs("f")[0], glyphs("i")[0]

    assert [word.text for word in pdfium.words([one, two])] == ["fi"]


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_page_is_read_upright_however_it_is_turned(turn):
    """Two lines, the second below the first as a reader sees them."""
    x, y = {0: (100, 700), 90: (100, 100), 180: (500, 100), 270: (500, 700)}[turn]
    down = {0: (0, -14), 90: (14, 0), 180: (0, 14), 270: (-14, 0)}[turn]
    first = Put("The first line is here", x, y, turn=turn)
    second = Put("and the second one below it.", x + down[0], y + down[1], turn=turn)

    _, text = read([first, second])

    assert text == "The first line is here and the second one below it."


def test_a_stamp_across_the_text_is_left_out():
    prose = [Put(f"Line {n} of the text of this page.", 100, 700 - 14 * n) for n in range(9)]

    _, text = read([*prose, Put("arXiv:2301.00001v1", 20, 300, turn=90)])

    assert "arXiv" not in text
    assert "Line 0 of the text" in text


def test_too_many_pages_a_wrong_password_and_no_text_are_refused(monkeypatch):
    with pytest.raises(RefusedError, match="pages 3"):
        read([], [], [], most=2)
    with pytest.raises(RefusedError, match="blank 1"):
        read([])
    with pytest.raises(RefusedError, match="password"):
        pdfium.read(io.BytesIO(make_pdf([[]], password="x")), 1, None)
    with pytest.raises(RefusedError, match="damaged"):
        pdfium.read(io.BytesIO(b"nothing of a PDF"), 1, None)
    monkeypatch.setattr(pdfium, "MOST_CHARACTERS", 10)
    with pytest.raises(RefusedError, match="long"):
        read([Put("More than ten characters.", 72, 700)])


@pytest.mark.parametrize(
    ("code", "character"),
    [
        (0x41, "A"),
        (0x2, "-"),
        (0xFFFE, "-"),
        (0xA0, " "),
        (0xA, " "),
        (0x7, ""),
        (0xAD, "\u00ad"),
        (0xD800, "\ufffd"),
        (0x110000, "\ufffd"),
    ],
)
def test_codes_are_characters_as_they_are_meant(code, character):
    assert pdfium._character(code) == character


@pytest.mark.parametrize(
    ("degrees", "turn"), [(0, 0), (2, 0), (90, 90), (358, 0), (30, -1), (-57, 0)]
)
def test_angles_are_quarter_turns_or_askew(degrees, turn):
    assert pdfium._turn(degrees * 3.14159 / 180) == turn
