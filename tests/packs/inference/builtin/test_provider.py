"""The built-in models as an inference step asks them."""

import math
import re
from pathlib import Path

import pytest

from perdure.errors import InvalidInputError, InvalidOutputError, ModelUnavailableError
from perdure.packs.functions.pdf import pdf_to_text
from perdure.packs.inference.builtin.provider import BuiltinModels
from perdure.ports.models import ModelRequest

pytest.importorskip("vaderSentiment")
pytest.importorskip("py3langid")
PAPER = Path(__file__).parents[4] / "examples" / "durable_workflows.pdf"
MODELS = BuiltinModels()


def ask(model, *values, instruction="", **parameters):
    prompt = instruction + " ".join(map(str, values))
    request = ModelRequest(
        model, prompt, instruction=instruction, values=values, parameters=parameters
    )
    return MODELS.answer(request)


def test_it_serves_what_it_lists_and_nothing_else():
    assert all(MODELS.serves(name) for name in MODELS.models())
    assert not any(
        MODELS.serves(name) for name in ("gpt-4", "sentiment", "builtin/", "builtin/gpt-4")
    )


@pytest.mark.parametrize(
    ("model", "text", "label"),
    [
        ("builtin/sentiment", "I love it.", "POSITIVE"),
        ("builtin/language", "Guten Morgen, wie geht es dir?", "DE"),
    ],
)
def test_classifiers_give_a_label_in_capitals_with_scores(model, text, label):
    answer = ask(model, text)

    assert answer.kind == "classification"
    assert set(answer.result) == {"label", "score", "scores"}
    assert answer.result["label"] == label
    assert (
        answer.result["score"]
        == answer.result["scores"][label]
        == max(answer.result["scores"].values())
    )
    assert all(name == name.upper() and 0 <= n <= 1 for name, n in answer.result["scores"].items())


def test_entities_have_a_place_in_the_text():
    text = "Angela Merkel visited Siemens in Munich on 3 May 2020."

    answer = ask("builtin/entities", text)

    assert [(e["text"], e["label"]) for e in answer.result] == [
        ("Angela Merkel", "PER"), ("Siemens", "ORG"), ("Munich", "LOC"), ("3 May 2020", "DATE"),
    ]  # fmt: skip
    assert all(
        text[e["start"] : e["end"]] == e["text"] and 0 < e["score"] <= 1 for e in answer.result
    )


def test_an_embedding_is_a_vector_of_length_one():
    answer = ask("builtin/embedding", "durable workflows", dimensions=64)

    assert len(answer.result) == 64
    assert math.isclose(math.hypot(*answer.result), 1, rel_tol=1e-4)


def test_each_answer_says_who_gave_it_and_how():
    for name in MODELS.models():
        answer = ask(
            name, "Berlin is a large city. It lies in Germany, and many people live there."
        )

        assert answer.model == name
        assert answer.method
        assert "not a large language model" in answer.note


def test_the_instruction_is_no_part_of_what_is_worked_on():
    answer = ask(
        "builtin/summary", "Cats sleep most of the day.", instruction="Summarize this paper: "
    )

    assert answer.result == "Cats sleep most of the day."


def test_without_values_the_prompt_is_worked_on():
    request = ModelRequest("builtin/sentiment", "What a wonderful day!")

    assert MODELS.answer(request).result["label"] == "POSITIVE"


def test_parameters_of_hosted_models_are_left_alone_and_its_own_are_checked():
    assert ask("builtin/summary", "One thing is so.", temperature=0.3, max_tokens=500).result

    with pytest.raises(InvalidInputError, match=r"parameters\.max_sentences: .* got int 0"):
        ask("builtin/summary", "One thing is so.", max_sentences=0)
    with pytest.raises(InvalidInputError, match=r"parameters\.max_tokens: .* got str '9'"):
        ask("builtin/extract", "One thing is so.", max_tokens="9")


def test_a_model_that_is_not_here_is_unavailable():
    with pytest.raises(ModelUnavailableError, match="Did you mean 'builtin/summary'"):
        ask("builtin/sumary", "x")
    with pytest.raises(ModelUnavailableError, match="There are: builtin/sentiment"):
        ask("gpt-4", "x")


@pytest.mark.parametrize("values", [("",), (None,), ("  \n",), ({},), ([],)])
def test_no_text_is_an_invalid_input(values):
    with pytest.raises(InvalidInputError, match="was given no text"):
        ask("builtin/summary", *values, instruction="Summarize: ")


def test_a_text_without_a_sentence_has_no_summary():
    with pytest.raises(InvalidOutputError, match="found no sentence"):
        ask("builtin/summary", "# Heading")


def test_the_papers_methods_are_verbatim_sentences_of_its_methods_section():
    """The example of document 004, on the paper that the repository carries."""
    text = pdf_to_text(str(PAPER))
    section = text[text.index("\n3 Methods") : text.index("\n4 Results")]

    methods = ask("builtin/extract", text, instruction="Extract methodology from: ").result

    told = re.split(r"(?<=[.!?])\s+", methods)
    assert len(told) >= 4
    assert all(sentence in section for sentence in told)


def test_the_papers_summary_is_made_of_whole_sentences_and_fits():
    text = pdf_to_text(str(PAPER))

    summary = ask(
        "builtin/summary", text, instruction="Summarize this paper: ", max_tokens=150
    ).result

    told = re.split(r"(?<=[.!?])\s+", summary)
    assert len(summary) < 150 * 4
    assert len(told) >= 2
    assert all(sentence in text for sentence in told)
