"""What stands in for models and steps."""

import pytest

from perdure.authoring.registry import Registry
from perdure.errors import ModelUnavailableError
from perdure.ports.models import ModelRequest
from perdure.service.mocks import MockedError, MockModels, Noted, Notes, mock_kinds
from perdure.wire.trials import MockModel


def test_a_model_that_stands_in_answers_and_is_counted():
    notes = Notes()
    models = MockModels({"m": MockModel(response={"label": "A"}, latency_ms=250)}, notes)

    answer = models.answer(ModelRequest("m", "hello"))

    assert (answer.result, answer.model, answer.kind, answer.method) == (
        *({"label": "A"}, "m", "other", "mock"),
    )
    assert models.serves("m")
    assert not models.serves("n")
    assert notes.mocked == {"m": 1}
    assert (notes.lasted(), notes.lasted()) == (0.25, 0.0)


@pytest.mark.parametrize(
    ("kind", "error", "retryable"),
    [
        ("model_unavailable", ModelUnavailableError, False),
        ("rate_limit", MockedError, True),
        ("invalid_input", MockedError, False),
    ],
)
def test_it_fails_by_kind(kind, error, retryable):
    models = MockModels({"m": MockModel(error=kind)}, Notes())

    with pytest.raises(error) as caught:
        models.answer(ModelRequest("m", "hello"))

    assert (caught.value.kind, caught.value.retryable) == (kind, retryable)


def test_whether_a_real_one_was_asked_is_noted():
    notes = Notes()
    real = Noted(MockModels({"m": MockModel(response="a")}, Notes()), notes)

    assert real.name == "mock"
    assert [real.serves(model) for model in "mno"] == [True, False, False]
    assert real.answer(ModelRequest("m", "hello")).kind == "text"
    assert notes.asked == {"m": True, "n": False, "o": False}


def test_all_kinds_of_steps_are_mocked():
    registry = Registry()

    mock_kinds(registry, {}, {}, Notes())

    assert registry.graph_hosts()[0] == ""
