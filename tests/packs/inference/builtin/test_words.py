"""Tokens, stems and weights."""

# The typographic marks are what is tested.

import math

from perdure.packs.inference.builtin import words


def test_words_are_in_small_letters_with_their_inner_marks():
    assert words.tokens("Don’t stop the WRITE-AHEAD log, 42!") == [
        "don't",
        "stop",
        "the",
        "write-ahead",
        "log",
        "42",
    ]


def test_scripts_without_spaces_give_pairs():
    assert words.tokens("今朝も") == ["今朝", "朝も"]
    assert words.tokens("水") == ["水"]


def test_forms_of_a_word_have_one_stem():
    assert len({words.stem(word) for word in ("measure", "measured", "measures", "measuring")}) == 1
    assert words.stem("runs") == "run"
    assert words.stem("class") == "class"
    assert words.stem("bus") == "bus"


def test_terms_are_without_stop_words():
    assert words.terms("The engines of the house", words.english_stopwords()) == ["engin", "hous"]


def test_stop_words_are_those_of_the_texts_language():
    """`die` is an article in one language and what happens to batteries in another."""
    assert "die" in words.stopwords_of("Die Katze und der Hund sind in dem Haus.")
    assert "die" not in words.stopwords_of("The cat and the dog are in the house.")
    assert "the" in words.stopwords_of("今朝も")


def test_rare_terms_weigh_more_and_vectors_have_length_one():
    first, second = words.weighted([["a", "b"], ["a", "c"]])

    assert first["b"] > first["a"]
    assert math.isclose(words.cosine(first, first), 1)
    assert 0 < words.cosine(first, second) < 1
    assert words.unit({}) == {}
