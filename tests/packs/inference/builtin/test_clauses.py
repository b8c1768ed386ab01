"""Words in their clauses: negation and weight."""

# The typographic marks are what is tested.

import pytest

from perdure.packs.inference.builtin.clauses import is_negator, read


def negated(text):
    return [token.text for token in read(text) if token.negated]


def weight(text, word):
    return next(token.weight for token in read(text) if token.text == word)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("It is not good at all.", ["good", "at", "all"]),
        ("I don't like it", ["like", "it"]),
        ("I don’t like it", ["like", "it"]),
        ("Not bad, but good", ["bad", ","]),
        ("never good. But fine", ["good"]),
        ("not only cheap", []),
        ("This is far from perfect", ["perfect"]),
        ("no one two three four five", ["one", "two", "three", "four"]),
    ],
)
def test_a_negation_reaches_a_few_words_to_the_end_of_its_clause(text, words):
    assert negated(text) == words


def test_what_comes_after_but_weighs_more_and_what_comes_before_it_less():
    text = "Pretty pictures, but a dull plot."

    assert weight(text, "pretty") < 1 < weight(text, "dull")


def test_what_is_conceded_weighs_less():
    assert weight("Although it is slow, it is fun.", "slow") < weight(
        "Although it is slow, it is fun.", "fun"
    )
    assert weight("It is fun despite the noise.", "noise") < 1


def test_a_sentence_does_not_weigh_on_the_next():
    assert weight("Old but gold. New.", "new") == 1


def test_words_are_shouted_only_among_small_ones():
    assert [t.text for t in read("This is GREAT stuff") if t.shouted] == ["great"]
    assert not any(t.shouted for t in read("THIS IS GREAT STUFF"))


def test_contractions_are_taken_apart():
    assert [t.text for t in read("can't won't isn't")] == ["can", "n't", "will", "n't", "is", "n't"]
    assert is_negator("n't")
    assert not is_negator("is")
