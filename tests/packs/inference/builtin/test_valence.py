"""What words say for and against."""

import sys

import pytest

from perdure.errors import MissingExtraError
from perdure.packs.inference.builtin import valence
from perdure.packs.inference.builtin.clauses import read

pytest.importorskip("vaderSentiment")


def balance(text):
    good, bad = valence.balance(read(text))
    return good - bad


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("It is good.", "It is not good."),
        ("It is very good.", "It is good."),
        ("It is GOOD, I say.", "It is good, I say."),
        ("It is not bad.", "It is bad."),
        ("Couldn't be happier.", "Was not happy."),
        ("There is no better way.", "There is a bad way."),
        ("Dull, but fun.", "Fun, but dull."),
        ("Unemployment falls again", "Sales fall again"),
        ("Sales rise again", "Crime rises again"),
        ("It fixed all the problems.", "It has all the problems."),
        ("I would buy it again.", "I would never buy it again."),
        ("Hats off to the crew.", "Hats of the crew."),
        ("The crew is here.", "It falls apart."),
    ],
)
def test_one_text_speaks_better_than_the_other(better, worse):
    assert balance(better) > balance(worse)


def test_a_text_without_opinion_says_nothing():
    assert valence.balance(read("The table is made of wood.")) == (0.0, 0.0)
    assert valence.balance([]) == (0.0, 0.0)


def test_words_are_found_by_their_base():
    known = valence.lexicon()

    assert known.value("raves") == known.value("raved") == known.value("rave") > 0
    assert known.value("simpler") > 0
    assert known.value("striker") == 0  # nothing bad of a strike
    assert known.value("wood") == 0  # nothing good of woo
    assert known.value("table") == 0


def test_a_negation_alone_says_a_little_against():
    assert -0.6 < balance("It was not on the table.") < 0


def test_without_the_library_the_extra_is_named(monkeypatch):
    valence.lexicon.cache_clear()
    monkeypatch.setitem(sys.modules, "vaderSentiment.vaderSentiment", None)

    with pytest.raises(
        MissingExtraError, match=r"builtin/sentiment needs vaderSentiment.*perdure\[text\]"
    ):
        valence.lexicon()
    valence.lexicon.cache_clear()
