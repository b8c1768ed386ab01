"""Runs of capitalised words."""

import pytest

from perdure.packs.inference.builtin.spans import spans, tokens


def runs(text, taken=()):
    return [" ".join(span.words) for span in spans(tokens(text), taken)]


@pytest.mark.parametrize(
    ("text", "run"),
    [
        ("the Bank of England here", "Bank of England"),
        ("the Library of the Congress here", "Library of the Congress"),
        ("by Vincent van Gogh in oil", "Vincent van Gogh"),
        ("by Ursula von der Leyen in oil", "Ursula von der Leyen"),
        ("by Omar al-Bashir in oil", "Omar al-Bashir"),
        ("from Johnson & Johnson in oil", "Johnson & Johnson"),
        ("at St. Mary's Hospital in oil", "St . Mary 's Hospital"),
        ("by J. K. Rowling in oil", "J. K. Rowling"),
        ("the U.S. army", "U.S."),
        ("of Ludwig van beethoven", "Ludwig"),
        ("of Juan de la cruz", "Juan"),
    ],
)
def test_a_run_goes_on_over_the_small_words_of_names(text, run):
    assert runs(text) == [run]


def test_a_run_ends_at_small_words_marks_and_sentences():
    assert runs("the Rome and Paris, Berlin. London of old") == [
        "Rome",
        "Paris",
        "Berlin",
        "London",
    ]


def test_what_is_taken_parts_runs():
    text = "on Monday Angela Merkel came"

    assert runs(text, [(3, 9)]) == ["Angela Merkel"]


def test_the_first_word_of_each_sentence_is_known():
    found = [
        token.text
        for token in tokens('He met Dr. No. "She left." Then: It rained\n\nNew day')
        if token.first
    ]

    assert found == ["He", "She", "Then", "It", "New"] or set(found) >= {
        "He",
        "She",
        "Then",
        "It",
        "New",
    }
    assert "No" not in found


def test_a_span_knows_the_words_about_it():
    (span,) = [
        s for s in spans(tokens("a man who lives in Rome now and then"), ()) if s.words == ("Rome",)
    ]

    assert span.before == ("who", "lives", "in")
    assert span.after == ("now", "and", "then")
    assert not span.is_first


def test_places_are_those_of_the_text():
    text = "in  New\nYork today"

    (span,) = spans(tokens(text), ())

    assert text[span.tokens[0].start : span.tokens[-1].end] == "New\nYork"
