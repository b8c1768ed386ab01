"""`builtin/language`."""

import sys

import pytest

from perdure.errors import MissingExtraError
from perdure.packs.inference.builtin import language as module
from perdure.packs.inference.builtin.language import language

pytest.importorskip("py3langid")


def label(text):
    return language(text)["label"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("hello world", "EN"),
        ("ok", "EN"),
        ("Hola", "ES"),
        ("danke", "DE"),
        ("Merci beaucoup", "FR"),
        ("你好", "ZH"),
        ("ありがとう", "JA"),
        ("안녕", "KO"),
        ("Привет, как дела?", "RU"),
    ],
)
def test_a_few_words_are_enough_for_much_written_languages(text, code):
    assert label(text) == code


def test_twins_and_dialects_count_for_their_language():
    assert label("Eg veit ikkje kva eg skal gjere i dag, for det regnar heile dagen.") == "NO"


def test_capitals_and_white_space_say_nothing():
    assert label("  DER HUND\n\n SCHLÄFT AUF DEM SOFA  ") == "DE"


@pytest.mark.parametrize("text", ["", "12345", "?!...", "😀😀"])
def test_a_text_without_letters_is_undetermined(text):
    assert language(text) == {"label": "UND", "score": 1.0, "scores": {"UND": 1.0}}


def test_a_text_of_which_the_model_knows_nothing_is_undetermined():
    assert label("q") == "UND"


def test_scores_are_the_likeliest_and_none_is_above_one():
    found = language("Der Hund schläft auf dem Sofa.", top_k=3)

    assert next(iter(found["scores"])) == found["label"] == "DE"
    assert len(found["scores"]) == 3
    assert sum(found["scores"].values()) <= 1.001


def test_a_long_text_costs_what_its_beginning_does():
    assert label("The dog sleeps on the sofa. " * 200_000) == "EN"


def test_without_the_library_the_extra_is_named(monkeypatch):
    module._rank.cache_clear()
    monkeypatch.setitem(sys.modules, "py3langid", None)

    with pytest.raises(
        MissingExtraError, match=r"builtin/language needs py3langid.*perdure\[text\]"
    ):
        language("some text")
    module._rank.cache_clear()
