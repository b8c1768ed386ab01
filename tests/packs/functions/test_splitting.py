"""A text in pieces."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perdure.errors import InvalidInputError
from perdure.packs.functions.splitting import split_text


def test_paragraphs_are_the_pieces_by_default():
    assert split_text("one\n\n\n\ntwo \n\n three\nlines") == ["one", "two", "three\nlines"]


def test_neighbours_are_put_together_up_to_a_length():
    assert split_text("aa\n\nbb\n\ncc", max_characters=6) == ["aa\n\nbb", "cc"]


def test_a_part_that_is_too_long_is_cut_between_words():
    assert split_text("one two three", max_characters=8) == ["one two", "three"]
    assert split_text("abcdefgh", max_characters=3) == ["abc", "def", "gh"]


def test_without_a_separator_the_whole_text_is_cut():
    assert split_text("a b c d", separator="", max_characters=3) == ["a b", "c d"]


def test_pieces_may_begin_with_the_end_of_the_one_before():
    pieces = split_text("one two three four five six", max_characters=14, overlap=6)

    assert pieces == ["one two", "two three", "three four", "four five six"]


def test_more_overlap_than_half_is_refused():
    with pytest.raises(InvalidInputError, match=r"parameters\.overlap: must be at most half"):
        split_text("x", max_characters=10, overlap=6)


@settings(deadline=None)
@given(
    st.text(st.sampled_from("ab \n"), max_size=200),
    st.integers(2, 40),
    st.integers(0, 20),
)
def test_no_piece_is_too_long_or_empty_and_every_word_is_kept(text, most, overlap):
    pieces = split_text(text, max_characters=most, overlap=min(overlap, most // 2))

    assert all(0 < len(piece) <= most for piece in pieces)
    if not overlap:
        assert "".join("".join(pieces).split()) == "".join(text.split())
