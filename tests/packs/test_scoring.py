"""How well texts answer a query."""

from perdure.packs import scoring


def test_relevance_is_1_for_the_best_answer_and_0_for_none():
    best, other, none = scoring.relevance([["cat", "dog"], ["cat"], ["bird"]], ["dog", "cat"])

    assert (best, none) == (1.0, 0.0)
    assert 0 < other < best
    assert scoring.relevance([["a"]], []) == [0.0]
    assert scoring.relevance([], ["a"]) == []
