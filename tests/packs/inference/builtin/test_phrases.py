"""`builtin/key-phrases`."""

from perdure.packs.inference.builtin.phrases import key_phrases

TEXT = (
    "Durable workflow engines keep their state in a database. A durable workflow engine survives "
    "a crash, because the state of each workflow is written before the next step. The database "
    "decides who may write."
)


def texts(text, **parameters):
    return [phrase["text"] for phrase in key_phrases(text, **parameters)]


def test_phrases_that_come_often_and_early_are_first():
    assert texts(TEXT)[0] == "Durable workflow engines"
    assert any("database" in phrase for phrase in texts(TEXT))


def test_each_is_verbatim_and_none_is_a_word_of_grammar():
    assert all(phrase in TEXT for phrase in texts(TEXT))
    assert not {"the", "because", "may", "next"} & set(texts(TEXT, top_k=50))


def test_scores_fall_from_one():
    scores = [phrase["score"] for phrase in key_phrases(TEXT)]

    assert scores[0] == 1.0
    assert scores == sorted(scores, reverse=True)


def test_no_phrase_says_what_another_has_said():
    found = texts("Data centres. A data centre. The centre.", top_k=9)

    assert len(found) == 1


def test_no_more_are_given_than_asked_for():
    assert len(texts(TEXT, top_k=2)) == 2


def test_long_runs_are_parted_and_no_words_give_none():
    assert all(
        len(phrase.split()) <= 4
        for phrase in texts("alpha beta gamma delta epsilon zeta eta theta")
    )
    assert texts("the of and 12 34") == []
    assert texts("@" * 100_000 + "a") == []
