"""Which provider answers for a model."""

import pytest

from perdure.authoring.models import default_providers, provider_for
from perdure.errors import ModelUnavailableError
from perdure.ports.models import ModelAnswer


class Echo:
    """A provider of one model, which says what it was asked."""

    def __init__(self, name, model):
        self.name, self.model = name, model

    def serves(self, model):
        return model == self.model

    def answer(self, request):
        return ModelAnswer(request.prompt, request.model, kind="text", method="echo")


def test_the_first_provider_that_serves_a_model_answers():
    one, two, three = Echo("one", "a"), Echo("two", "b"), Echo("three", "b")

    assert provider_for("b", [one, two, three]) is two


def test_a_model_that_nobody_serves_is_unavailable():
    with pytest.raises(ModelUnavailableError) as error:
        provider_for("gpt-4", [Echo("one", "a"), Echo("two", "b")])

    assert "'gpt-4' (asked: one, two)" in str(error.value)
    assert "fallback_models" in str(error.value)
    assert (error.value.kind, error.value.retryable) == ("model_unavailable", False)


def test_without_providers_that_is_told():
    with pytest.raises(ModelUnavailableError, match="none is installed"):
        provider_for("gpt-4", iter(()))


def test_installed_providers_are_found():
    providers = default_providers()

    assert provider_for("builtin/summary", providers).name == "builtin"
