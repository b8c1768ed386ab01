"""Weights and vectors of words."""

import math

from perdure.packs.inference.builtin import words


def test_rare_terms_weigh_more_and_vectors_have_length_one():
    first, second = words.weighted([["a", "b"], ["a", "c"]])

    assert first["b"] > first["a"]
    assert math.isclose(words.cosine(first, first), 1)
    assert 0 < words.cosine(first, second) < 1
    assert words.unit({}) == {}
