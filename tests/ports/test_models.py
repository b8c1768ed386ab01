"""What a provider is asked and says."""

from dataclasses import FrozenInstanceError

import pytest

from perdure.ports.models import ModelAnswer, ModelProvider, ModelRequest


class Mirror:
    """The least that is a provider."""

    name = "mirror"

    def serves(self, model):
        return bool(model)

    def answer(self, request):
        return ModelAnswer(request.prompt[::-1], request.model, kind="text", method="mirror")


def test_whatever_has_the_three_members_is_a_provider():
    assert isinstance(Mirror(), ModelProvider)
    assert not isinstance(object(), ModelProvider)


def test_a_request_has_a_prompt_and_may_have_the_rest():
    request = ModelRequest("m", "Sum: a", instruction="Sum: ", values=("a",), parameters={"k": 1})

    assert (request.instruction, request.values, request.parameters["k"]) == ("Sum: ", ("a",), 1)
    assert ModelRequest("m", "p").values == ()


def test_an_answer_says_who_gave_it_and_how():
    answer = Mirror().answer(ModelRequest("m", "abc"))

    assert (answer.result, answer.model, answer.kind, answer.method) == (
        "cba",
        "m",
        "text",
        "mirror",
    )
    assert (answer.note, answer.usage, answer.raw) == ("", None, None)


def test_requests_and_answers_are_not_changed():
    with pytest.raises(FrozenInstanceError):
        ModelRequest("m", "p").model = "other"
