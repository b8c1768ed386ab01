"""Sentences and the sections that they stand in."""

# The typographic marks are what is tested.

import pytest

from perdure.packs.inference.builtin.sentences import sentences


def texts(text):
    return [sentence.text for sentence in sentences(text)]


def test_sentences_are_slices_of_the_text():
    text = "One is here.  Two is there! Is three?\nYes."

    found = sentences(text)

    assert [s.text for s in found] == ["One is here.", "Two is there!", "Is three?", "Yes."]
    assert all(text[s.start : s.end] == s.text for s in found)


@pytest.mark.parametrize(
    "text",
    [
        "Dr. Smith met Mr. Jones at 5 p.m. in St. Louis.",
        "See Fig. 3 and Eq. 4, i.e. the second one.",
        "J. R. Smith et al. Wrote it.",
        "It cost 3.5 million. euros",
    ],
)
def test_abbreviations_end_no_sentence(text):
    assert texts(text) == [text]


def test_quotes_and_other_scripts_end_sentences_too():
    assert texts('He said "Go." Then he left.') == ['He said "Go."', "Then he left."]
    assert texts("今日は雨です。明日は晴れ！") == ["今日は雨です。", "明日は晴れ！"]


def test_headings_are_no_sentences_and_stand_above_them():
    text = (
        "# Title\n\n2 Background\n\nOld things.\n\n3 Methods\n\nWe did.\n\n3.1 Data\n\nWe took.\n\n"
        "4 Results\n\nGood."
    )

    found = {s.text: s.headings for s in sentences(text)}

    assert found == {
        "Old things.": ("Background",), "We did.": ("Methods",),
        "We took.": ("Methods", "Data"), "Good.": ("Results",),
    }  # fmt: skip


@pytest.mark.parametrize(
    "head", ["METHODS", "Methods:", "Materials and Methods", "## Methods", "II. Methods"]
)
def test_headings_are_known_in_several_looks(head):
    (found,) = sentences(f"{head}\nWe measured the length of all the leaves.")

    assert "method" in found.headings[0].lower()


def test_a_structured_abstract_has_its_headings_in_the_line():
    found = sentences("Methods: We asked ten people.\n\nResults: They said no.")

    assert [(s.text, s.headings) for s in found] == [
        ("We asked ten people.", ("Methods",)), ("They said no.", ("Results",)),
    ]  # fmt: skip


def test_lines_that_are_broken_within_a_sentence_are_one():
    text = "This sentence is broken\nover two lines. And here is\nanother."

    assert texts(text) == ["This sentence is broken\nover two lines.", "And here is\nanother."]


def test_scraps_are_told_from_whole_sentences():
    found = sentences("Trial Microseconds\n\nTable 1: The costs.\n\nIt is whole.")

    assert [s.is_whole for s in found] == [False, False, True]


@pytest.mark.parametrize("text", ["." * 200_000, "a." * 100_000, "\n" * 200_000, " " * 200_000])
def test_hostile_texts_are_read_in_time(text):
    assert len(sentences(text)) <= 100_000
