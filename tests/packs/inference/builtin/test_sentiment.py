"""`builtin/sentiment`; how often it is right is measured in ../evaluation."""

import pytest

from perdure.packs.inference.builtin.sentiment import features, sentiment

pytest.importorskip("vaderSentiment")


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("I love it!", "POSITIVE"),
        ("I hate it!", "NEGATIVE"),
        ("Not good.", "NEGATIVE"),
        ("Not bad, but I would never watch it again.", "NEGATIVE"),
        ("It was not only cheap but also excellent.", "POSITIVE"),
        ("The bottle holds 750 millilitres.", "NEUTRAL"),
        ("", "NEUTRAL"),
        ("12345 ...", "NEUTRAL"),
    ],
)
def test_texts_get_their_label(text, label):
    assert sentiment(text)["label"] == label


def test_probabilities_sum_to_one_and_the_label_has_the_largest():
    found = sentiment("A wonderful, moving film.")

    assert sum(found["scores"].values()) == pytest.approx(1, abs=0.001)
    assert found["score"] == max(found["scores"].values()) == found["scores"][found["label"]]


def test_stronger_words_make_it_surer():
    weak, strong = (
        sentiment("It is good.")["score"],
        sentiment("It is absolutely wonderful!")["score"],
    )

    assert weak < strong


def test_features_are_words_pairs_and_the_balance():
    found = features("not good, but fun")

    assert found["not_good"] == pytest.approx(0.5)
    assert found["but fun"] == pytest.approx(1.4)
    assert found["#good"] > 0
    assert "a" not in features("a film")
    assert "a film" in features("a film")


def test_a_long_text_is_read_in_time():
    assert sentiment("This is a wonderful film. " * 20_000)["label"] == "POSITIVE"
