"""Pipelines of Hugging Face, over a stand-in that answers in the shapes of the real ones.

The library itself is two gigabytes and is not installed for the tests: what is shown here is how
each task is asked and read, not that weights load.
"""

import sys
from importlib.machinery import ModuleSpec
from types import ModuleType

import pytest

from perdure.errors import InvalidInputError, InvalidOutputError, ModelUnavailableError
from perdure.packs.inference.pipelines import Pipelines
from perdure.packs.inference.settings import Named, Source
from perdure.ports.models import ModelRequest


@pytest.fixture
def answered(monkeypatch, tmp_path):
    """Return `ask(task, answer, text, **parameters)`, which also tells how the library was called."""
    library = ModuleType("transformers")
    library.__spec__ = ModuleSpec("transformers", None)
    monkeypatch.setitem(sys.modules, "transformers", library)
    pipelines = Pipelines()

    def ask(task, answer, text="Ada wrote to Bob.", **parameters):
        calls = []

        def load(name, **how):
            calls.append((name, how))
            return lambda *words, **said: calls.append((words, said)) or answer

        library.pipeline = load
        source = Source(name="own", api="pipeline", path=str(tmp_path), task=task, models=("m",))
        request = ModelRequest("m", text, values=(text,), parameters=parameters)
        return pipelines.ask(Named(source, "m"), request), calls

    return ask


def test_a_classifier_gives_its_label_in_capitals_with_all_scores(answered):
    said = [[{"label": "positive", "score": 0.9}, {"label": "negative", "score": 0.1}]]

    answer, calls = answered("text-classification", said)

    assert answer.kind == "classification"
    assert answer.result == {
        "label": "POSITIVE",
        "score": 0.9,
        "scores": {"POSITIVE": 0.9, "NEGATIVE": 0.1},
    }
    assert calls[1] == (("Ada wrote to Bob.",), {"top_k": None, "truncation": True})


def test_nothing_is_fetched_and_nobody_is_paid(answered, tmp_path):
    answer, calls = answered("sentiment-analysis", [{"label": "X", "score": 1.0}])

    name, how = calls[0]
    assert name == "sentiment-analysis"
    assert how == {"model": str(tmp_path), "tokenizer": str(tmp_path), "local_files_only": True}
    assert (answer.cost, answer.cost_basis, answer.provider) == (0.0, "local", "own")


def test_entities_have_their_place_in_the_text(answered):
    said = [{"entity_group": "per", "score": 0.9, "word": "ada", "start": 0, "end": 3}]

    answer, calls = answered("ner", said)

    assert answer.kind == "entities"
    assert answer.result == [{"text": "Ada", "label": "PER", "start": 0, "end": 3, "score": 0.9}]
    assert calls[1][1] == {"aggregation_strategy": "simple"}


def test_labels_of_ones_own_can_be_chosen_from(answered):
    said = {"sequence": "x", "labels": ["b", "a"], "scores": [0.7, 0.3]}

    answer, _ = answered("zero-shot-classification", said, labels=["a", "b"])

    assert answer.result["label"] == "B"


def test_labels_of_ones_own_are_needed(answered):
    with pytest.raises(InvalidInputError, match="labels"):
        answered("zero-shot-classification", {})


def test_a_text_is_gone_on_with(answered):
    answer, calls = answered("text-generation", [{"generated_text": " and so"}], max_tokens=7)

    assert (answer.kind, answer.result) == ("text", " and so")
    assert calls[1][1] == {"return_full_text": False, "max_new_tokens": 7, "do_sample": False}


def test_a_temperature_lets_it_choose(answered):
    _, calls = answered("text-generation", [{"generated_text": "x"}], temperature=0.5)

    assert calls[1][1]["temperature"] == 0.5
    assert calls[1][1]["do_sample"]


@pytest.mark.parametrize("field", ["summary_text", "translation_text", "generated_text"])
def test_a_text_is_rewritten(answered, field):
    answer, _ = answered("summarization", [{field: "short"}])

    assert (answer.kind, answer.result) == ("text", "short")


def test_a_rewriting_that_gives_no_text_is_told(answered):
    with pytest.raises(InvalidOutputError, match="odd"):
        answered("translation", [{"odd": "x"}])


def test_an_embedding_is_the_mean_of_its_tokens(answered):
    answer, _ = answered("feature-extraction", [[[1.0, 2.0], [3.0, 4.0]]])

    assert (answer.kind, answer.result) == ("embedding", [2.0, 3.0])


def test_any_other_task_gives_what_the_library_gives(answered):
    answer, _ = answered("fill-mask", [{"token_str": "x"}])

    assert (answer.kind, answer.result) == ("other", [{"token_str": "x"}])


def test_a_pipeline_is_loaded_once(answered):
    _, first = answered("fill-mask", ["x"])
    _, second = answered("fill-mask", ["x"])

    assert len(first) == 3
    assert second == []


def test_what_cannot_be_loaded_is_unavailable(monkeypatch, tmp_path):
    library = ModuleType("transformers")
    monkeypatch.setitem(sys.modules, "transformers", library)

    def load(*_words, **_how):
        raise OSError("no config.json in here")

    library.pipeline = load
    source = Source(name="own", api="pipeline", path=str(tmp_path), task="ner")

    with pytest.raises(ModelUnavailableError, match=r"cannot be loaded.*no config\.json"):
        Pipelines().ask(Named(source, "m"), ModelRequest("m", "x"))


def test_a_folder_that_is_not_there_is_told():
    source = Source(name="own", api="pipeline", path="nowhere/at/all", task="ner")

    with pytest.raises(ModelUnavailableError, match=r"models\.own\.path leads to no folder"):
        Pipelines().ask(Named(source, "m"), ModelRequest("m", "x"))
