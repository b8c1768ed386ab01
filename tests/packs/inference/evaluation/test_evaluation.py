"""What the built-in models reach on texts that they were not tuned on, and the least they must.

The figures are in benchmarks/text_models.py's table. The floors lie under them by what chance does
to sets of this size.
"""

import pytest

from benchmarks.text_models import accuracy, f1, marked, rows
from perdure.packs.inference.builtin.language import language
from perdure.packs.inference.builtin.sentiment import sentiment

pytest.importorskip("vaderSentiment")
pytest.importorskip("py3langid")


def test_sentiment_is_right_in_nine_of_ten_plain_texts():
    texts = rows("sentiment", "heldout")

    assert len(texts) > 60
    assert accuracy(sentiment, texts) >= 0.85


def test_sentiment_is_right_in_most_texts_that_only_imply_it():
    """Among the texts looked at are two sets of irony, understatement and headlines."""
    assert accuracy(sentiment, rows("sentiment", "dev")) >= 0.85


@pytest.mark.parametrize("part", ["dev", "heldout"])
def test_language_is_right_in_nearly_all_texts(part):
    texts = rows("language", part)

    assert len({label for label, _ in texts}) >= 35
    assert accuracy(language, texts) >= 0.97


@pytest.mark.parametrize(("part", "least"), [("dev", 0.95), ("heldout", 0.8)])
def test_entities_are_found_with_their_place_and_label(part, least):
    assert f1(marked(part)) >= least


def test_the_held_out_texts_are_not_among_those_looked_at():
    for model in ("sentiment", "language"):
        assert not set(rows(model, "dev")) & set(rows(model, "heldout"))
    assert not {text for text, _ in marked("dev")} & {text for text, _ in marked("heldout")}


def test_the_measures_can_tell():
    assert accuracy(lambda _: {"label": "X"}, [("X", "a"), ("Y", "b")]) == 0.5
    assert f1([("nothing is here", {(0, 7, "PER")})]) == 0
    assert f1([("Angela Merkel", {(0, 13, "PER")})]) == 1
