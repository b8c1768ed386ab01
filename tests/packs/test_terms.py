"""Tokens, stop words and stems."""

from perdure.packs import terms


def test_words_are_in_small_letters_with_their_inner_marks():
    assert terms.tokens("Don’t stop the WRITE-AHEAD log, 42!") == [
        "don't",
        "stop",
        "the",
        "write-ahead",
        "log",
        "42",
    ]


def test_scripts_without_spaces_give_pairs():
    assert terms.tokens("今朝も") == ["今朝", "朝も"]
    assert terms.tokens("水") == ["水"]


def test_forms_of_a_word_have_one_stem():
    assert len({terms.stem(word) for word in ("measure", "measured", "measures", "measuring")}) == 1
    assert terms.stem("runs") == "run"
    assert terms.stem("class") == "class"
    assert terms.stem("bus") == "bus"


def test_terms_are_without_stop_words():
    assert terms.terms("The engines of the house", terms.english_stopwords()) == ["engin", "hous"]


def test_stop_words_are_those_of_the_texts_language():
    """`die` is an article in one language and what happens to batteries in another."""
    assert "die" in terms.stopwords_of("Die Katze und der Hund sind in dem Haus.")
    assert "die" not in terms.stopwords_of("The cat and the dog are in the house.")
    assert "the" in terms.stopwords_of("今朝も")
