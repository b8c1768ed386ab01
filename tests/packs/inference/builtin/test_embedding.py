"""`builtin/embedding`."""

import math

from perdure.packs.inference.builtin.embedding import embedding


def alike(one, other):
    return sum(a * b for a, b in zip(embedding(one), embedding(other), strict=True))


def test_a_vector_has_length_one_and_the_length_asked_for():
    assert len(embedding("a text")) == 512
    assert len(embedding("a text", dimensions=32)) == 32
    assert math.isclose(math.hypot(*embedding("a text")), 1, rel_tol=1e-4)


def test_the_same_text_gives_the_same_vector_in_every_process():
    """Python's own hash differs from process to process; this vector was made in another one."""
    first = [(n, value) for n, value in enumerate(embedding("durable")) if value][:2]

    assert first == [(16, 0.102603), (17, -0.205206)]


def test_texts_that_share_words_are_nearer_than_those_that_do_not():
    near = alike("workflow engines are durable", "a durable workflow engine")
    far = alike("workflow engines are durable", "apple pie with cinnamon")

    assert near > 0.5
    assert abs(far) < 0.2


def test_no_words_give_a_vector_of_zeros():
    assert set(embedding("?!")) == {0.0}
