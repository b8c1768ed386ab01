"""`builtin/summary`."""

import pytest

from perdure.packs.inference.builtin.summary import cut, fitting, summary

TEXT = (
    "The river Elbe rose by two metres on Sunday and flooded parts of Dresden. "
    "Fire crews pumped water out of cellars through the night. "
    "My aunt likes tulips. "
    "The flooded parts of Dresden will stay closed until the river falls, the mayor said. "
    "Schools in Dresden near the river stay closed until Thursday."
)


def test_it_tells_what_most_of_the_text_is_about_in_its_words_and_order():
    told = summary(TEXT, max_sentences=2)

    assert told.startswith("The river Elbe rose by two metres")
    assert "tulips" not in told
    assert all(sentence in TEXT for sentence in told.split(". "))


def test_it_is_shorter_than_the_text():
    assert 0 < len(summary(TEXT)) < len(TEXT)


def test_it_has_no_title_heading_or_reference():
    references = "References\n\n[1] The river Elbe in Dresden. Flooded parts, 1999."
    text = f"A Grand Title\n\nAbstract\n\n{TEXT}\n\n{references}"

    told = summary(text, max_sentences=5)

    assert "Title" not in told
    assert "Abstract" not in told
    assert "1999" not in told


def test_it_fits_the_tokens_that_it_is_given():
    assert len(summary(TEXT, max_tokens=40).encode()) <= 160
    assert len(summary(TEXT, max_tokens=5).encode()) <= 20
    assert summary(TEXT, max_tokens=5).endswith("…")


def test_one_sentence_is_its_own_summary_and_no_sentence_has_none():
    assert summary("It rains.") == "It rains."
    assert summary("no full stop here") == "no full stop here"
    assert summary("") == ""


def test_the_same_sentence_many_times_is_told_once():
    assert summary("The cat sat on the mat today. " * 30).count("cat") == 1


@pytest.mark.parametrize(("sentences", "told"), [(1, 1), (2, 1), (4, 2), (9, 3), (30, 5), (500, 7)])
def test_longer_texts_have_longer_summaries(sentences, told):
    assert fitting(sentences) == told


def test_a_cut_ends_at_a_word():
    assert cut("one two three four", 4) == "one two…"
    assert cut("short", 9) == "short"
    assert cut("short", None) == "short"


def test_texts_without_spaces_have_summaries():
    text = "昨日は東京で大雨が降った。東京の電車は大雨で止まった。私は猫が好きだ。東京の大雨は明日まで続く。"

    assert summary(text, max_sentences=1) in text
    assert "東京" in summary(text, max_sentences=1)
