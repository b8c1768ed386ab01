"""How wide texts are, and what is left of those that are too wide."""

import pytest

from perdure.pictures.letters import clean, fit, width


def test_a_wide_letter_is_wider_than_a_thin_one():
    assert width("W", 10) > width("n", 10) > width("i", 10)
    assert width("漢", 10) > width("n", 10)
    assert width("é", 10) == width("e", 10) == width("e\u0301", 10)


def test_bold_text_is_wider_and_width_grows_with_the_size():
    assert width("step", 10, bold=True) > width("step", 10)
    assert width("step", 20) == pytest.approx(2 * width("step", 10))


def test_what_fits_is_left_alone():
    assert fit("tidy", 12, 100) == "tidy"


@pytest.mark.parametrize("room", [5.0, 20.0, 60.0, 100.0])
def test_what_is_too_wide_is_cut_to_its_room(room):
    cut = fit("a name that is much too long for a box", 12, room)

    assert cut.endswith("…")
    assert cut == "…" or width(cut, 12) <= room


def test_nothing_is_left_that_xml_cannot_hold_or_that_turns_a_text():
    assert clean("a\x00b\x1b[31m\x85") == "a\ufffdb\ufffd[31m\ufffd"
    assert clean("a\u202egpj.exe\u2066") == "a\ufffdgpj.exe\ufffd"
    assert clean("line\nline\tx") == "line line x"
    assert clean("lone \ud800") == "lone ?"
