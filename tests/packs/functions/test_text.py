"""`clean_text`."""

import pytest

from perdure.authoring.functions import Function
from perdure.errors import InvalidInputError
from perdure.packs.functions.text import clean_text, stopwords


def test_white_space_is_evened_and_paragraphs_stay():
    assert clean_text("  a \t b\r\n\r\n\r\n\r\nc  \n d ") == "a b\n\nc\nd"


def test_control_characters_go_and_letters_get_one_form():
    assert clean_text("a\x00b\u200bc\ufeff cafe\u0301") == "abc café"


def test_stop_words_go_and_negations_stay():
    assert clean_text("The food was not good.", remove_stopwords=True) == "food not good."


def test_the_full_stop_of_a_dropped_word_goes_to_the_word_before():
    assert (
        clean_text("Take what you need, I can do it. Go!", remove_stopwords=True)
        == "Take need. Go!"
    )


def test_the_documents_example_gives_small_words_of_matter():
    told = clean_text("The Quick Fox and the Dog", remove_stopwords=True, lowercase=True)

    assert told == "quick fox dog"


def test_stop_words_are_those_of_the_language():
    assert clean_text("Das ist ein Haus", remove_stopwords=True, language="de") == "Haus"
    assert clean_text("Das ist ein Haus", remove_stopwords=True) == "Das ist ein Haus"
    assert "l" in stopwords("fr")


def test_markup_goes_with_its_scripts_and_words_stay_apart():
    page = "<style>p {}</style><p>One <b>bold</b>.</p><p>Two &amp; three</p><script>x()</script>"

    assert clean_text(page, remove_html=True) == "One bold. Two & three"


def test_hostile_markup_is_read_in_time():
    assert clean_text("<script " * 50_000, remove_html=True).startswith("<script <script")
    assert clean_text("<!--" * 50_000, remove_html=True) == ""
    assert clean_text("<script>" * 50_000, remove_html=True) == ""
    assert clean_text("<script></SCRIPT>" * 50_000, remove_html=True) == ""


def test_addresses_numbers_and_punctuation_go_on_request():
    text = "See https://a.example/x?y=1. It's 50% (or 3,000) well-known!"

    assert clean_text(text, remove_urls=True) == "See . It's 50% (or 3,000) well-known!"
    assert clean_text(text, remove_urls=True, remove_numbers=True, remove_punctuation=True) == (
        "See It's or well-known"
    )


def test_what_is_no_text_or_no_language_is_refused():
    function = Function("clean_text", clean_text)

    with pytest.raises(InvalidInputError, match="input: input should be a valid string"):
        function({"a": 1})
    with pytest.raises(InvalidInputError, match=r"parameters\.language"):
        function("x", {"language": "xx"})
