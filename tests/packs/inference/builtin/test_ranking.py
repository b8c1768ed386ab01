"""Which sentences are chosen."""

from perdure.packs.inference.builtin import ranking, words
from perdure.packs.inference.builtin.sentences import Sentence


def vectors(*texts):
    return words.weighted([text.split() for text in texts])


def test_what_shares_most_with_all_is_most_central():
    near = ranking.centrality(vectors("cat dog", "cat bird", "cat dog bird", "stone"))

    assert max(range(4), key=near.__getitem__) == 2
    assert min(range(4), key=near.__getitem__) == 3


def test_what_was_said_is_not_chosen_again():
    found = vectors("cat dog", "cat dog", "stone sand")

    assert ranking.chosen([1.0, 0.99, 0.5], found, [1, 1, 1], count=2, budget=None) == [0, 2]


def test_choices_stay_within_the_budget_and_in_order():
    found = vectors("a b", "c d", "e f")

    assert ranking.chosen([0.5, 1.0, 0.9], found, [1, 5, 2], count=3, budget=3) == [0, 2]
    assert ranking.chosen([0.5, 1.0, 0.9], found, [9, 9, 9], count=3, budget=3) == []


def test_scraps_do_not_fill_room():
    assert ranking.chosen([1.0, 0.05], vectors("a b", "c d"), [1, 1], count=2, budget=None) == [0]


def test_tokens_are_counted_and_sentences_told_in_a_row():
    assert ranking.token_count("four") == 1
    assert ranking.token_count("five5") == 2
    assert ranking.told([Sentence("A.", 0, end=2), Sentence("B.", 9, end=11)]) == "A. B."
