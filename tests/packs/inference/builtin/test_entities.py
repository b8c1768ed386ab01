"""`builtin/entities`; how often it is right is measured in ../evaluation."""

import pytest

from perdure.packs.inference.builtin.entities import candidates, entities
from perdure.packs.inference.builtin.spans import spans, tokens


def found(text, **parameters):
    return [(entity["text"], entity["label"]) for entity in entities(text, **parameters)]


def test_titles_articles_and_peoples_are_no_part_of_a_name():
    text = "The German Foreign Minister Annalena Baerbock met the French President Emmanuel Macron."

    assert found(text) == [("Annalena Baerbock", "PER"), ("Emmanuel Macron", "PER")]


def test_a_people_stays_in_the_name_of_an_organisation():
    assert found("He works for the Norwegian Refugee Council.") == [
        ("Norwegian Refugee Council", "ORG")
    ]


def test_a_title_alone_is_no_name():
    assert found("We asked the President and the Prime Minister.") == []


def test_a_title_may_be_abbreviated():
    assert found("I saw Dr. Xyzzy there.") == [("Xyzzy", "PER")]


def test_a_title_within_a_run_parts_it():
    assert found("Tesla CEO Elon Musk spoke.") == [("Tesla", "ORG"), ("Elon Musk", "PER")]


def test_a_surname_alone_is_known_from_the_whole_name():
    assert found("Oyelaran Adebimpe came. Later Adebimpe left.") == [
        ("Oyelaran Adebimpe", "PER"), ("Adebimpe", "PER"),
    ]  # fmt: skip


def test_the_firm_is_known_by_its_first_word():
    assert ("Brightwave", "ORG") in found(
        "Brightwave Technologies grew. Nobody but Brightwave did."
    )


@pytest.mark.parametrize(
    "text", ["The cat sat there.", "Heavy rain fell.", "Then it rained.", "I am here.", "", "123"]
)
def test_other_capitals_are_no_names(text):
    assert [e for e in entities(text) if e["label"] in ("PER", "ORG", "LOC")] == []


def test_headlines_give_only_what_is_known():
    assert found("Scientists Find Strange Planet Near Distant Star") == []
    assert found("World Bank Approves $2 Billion Loan For Kenya") == [
        ("World Bank", "ORG"), ("$2 Billion", "MONEY"), ("Kenya", "LOC"),
    ]  # fmt: skip
    assert ("CALIFORNIA", "LOC") in found("APPLE UNVEILS LATEST DEVICES NEAR CALIFORNIA")


def test_a_tail_after_a_hyphen_is_cut():
    assert found("the London-based firm") == [("London", "LOC")]


def test_an_abbreviations_full_stop_belongs_to_the_name():
    assert ("Pfizer Inc.", "ORG") in found("Pfizer Inc. and others")


def test_labels_limit_what_is_given():
    assert found("Tim Cook in Rome on Monday", labels=["PER", "DATE"]) == [
        ("Tim Cook", "PER"),
        ("Monday", "DATE"),
    ]


def test_candidates_know_their_neighbours_within_the_run():
    (span,) = spans(tokens("today Tesla CEO Elon Musk spoke"), ())

    (first, tesla), (second, musk) = candidates(span)

    assert (tesla.words, musk.words) == (("Tesla",), ("Elon", "Musk"))
    assert musk.titled
    assert musk.before[-1] == "ceo"
    assert tesla.after[0] == "ceo"
    assert first < second


@pytest.mark.parametrize(
    "text", ["A" * 100_000, "Aa " * 30_000, "Monday " * 20_000, "Rome. " * 20_000]
)
def test_hostile_texts_are_read_in_time(text):
    assert all(text[e["start"] : e["end"]] == e["text"] for e in entities(text))
