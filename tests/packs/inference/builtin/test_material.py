"""What text a model works on."""

import pytest

from perdure.errors import InvalidInputError
from perdure.packs.inference.builtin import material as module
from perdure.packs.inference.builtin.material import material, text_of
from perdure.ports.models import ModelRequest


def of(prompt, *values, instruction=""):
    return material(ModelRequest("builtin/summary", prompt, instruction=instruction, values=values))


def test_values_are_the_text_and_the_literal_part_is_the_instruction():
    assert of("Summarize: A. B.", "A.", "B.", instruction="Summarize: ") == (
        "Summarize: ",
        "A.\n\nB.",
    )


def test_without_values_a_command_at_the_head_of_the_prompt_is_the_instruction():
    assert of("Extract the methods from: We did it.") == (
        "Extract the methods from: ",
        "We did it.",
    )
    assert of("Note: it rains.") == ("", "Note: it rains.")
    assert of("Summarize:") == ("", "Summarize:")


def test_values_that_are_no_text_are_told_as_lines():
    assert (
        text_of({"label": "POSITIVE", "scores": {"POSITIVE": 0.9}})
        == "label: POSITIVE\nscores POSITIVE: 0.9"
    )
    assert text_of([{"text": "Rome", "start": 3}]) == "text: Rome\nstart: 3"
    assert text_of(["One.", "Two."]) == "One.\n\nTwo."
    assert text_of(7) == "7"
    assert text_of({"a": None}) == ""


def test_prose_within_an_object_stands_for_itself():
    prose = "This is a text of more than eight words in all."

    assert text_of({"abstract": prose, "year": 1999}) == f"{prose}\nyear: 1999"


def test_too_much_text_is_refused(monkeypatch):
    monkeypatch.setattr(module, "MOST_CHARACTERS", 10)

    with pytest.raises(InvalidInputError, match="11 characters; at most 10"):
        of("", "12345678901")
