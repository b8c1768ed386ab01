"""`builtin/extract`."""

import pytest

from perdure.packs.inference.builtin.extract import extract

PAPER = """Leaves of Two Kinds

Abstract

We compare leaves of oak and beech. Oak leaves are longer.

1 Introduction

Leaves feed trees. Nobody knows how long they are.

2 Methods

We measured 200 leaves of oak and 200 leaves of beech with a steel ruler.

2.1 Sampling

Each tree was chosen by lot from a list of the forest office.

3 Results

Oak leaves were 12 cm long and beech leaves 8 cm.

4 Limitations

We looked at one forest only.
"""


@pytest.mark.parametrize(
    "instruction",
    [
        "Extract methodology from: ",
        "List the methods:",
        "What approach was used?",
        "Extract the experimental setup",
    ],
)
def test_a_named_section_is_where_passages_come_from(instruction):
    assert extract(PAPER, instruction) == (
        "We measured 200 leaves of oak and 200 leaves of beech with a steel ruler. "
        "Each tree was chosen by lot from a list of the forest office."
    )


def test_each_kind_of_section_is_found():
    assert (
        extract(PAPER, "Extract the key findings")
        == "Oak leaves were 12 cm long and beech leaves 8 cm."
    )
    assert extract(PAPER, "What are the limitations?") == "We looked at one forest only."
    assert "Nobody knows" in extract(PAPER, "Extract the motivation of: ")


def test_other_instructions_rank_by_their_words():
    assert extract(PAPER, "Find the forest office", max_sentences=1).startswith(
        "Each tree was chosen"
    )
    assert extract(PAPER, "", query="steel ruler", max_sentences=1).startswith("We measured")


def test_a_text_without_sections_is_searched_for_what_such_a_section_says():
    text = (
        "Trees are green. We measured each leaf using a ruler and computed the mean. "
        "It was a fine day."
    )

    assert extract(text, "Extract methodology from: ", max_sentences=1) == (
        "We measured each leaf using a ruler and computed the mean."
    )


def test_an_instruction_that_shares_no_word_gets_the_most_central_sentences():
    assert extract(PAPER, "Extract zebras", max_sentences=1) in PAPER
    assert extract(PAPER, max_sentences=1) in PAPER


def test_passages_are_verbatim_and_fit_what_is_allowed():
    told = extract(PAPER, "Extract methods", max_sentences=1, max_tokens=30)

    assert told in PAPER
    assert extract(PAPER, "Extract methods", max_tokens=6).endswith("…")


def test_nothing_comes_of_nothing():
    assert extract("", "Extract methods") == ""
