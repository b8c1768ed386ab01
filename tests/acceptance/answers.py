"""What answers document 004's models: a provider that says who was asked what, or refuses as told."""

from dataclasses import dataclass, field
from types import SimpleNamespace

from perdure import errors
from perdure.authoring import models
from perdure.packs.inference import builtin
from perdure.ports.models import ModelAnswer

PATIENCE = 30.0
MODELS = (
    "cardiffnlp/twitter-roberta-base-sentiment-latest",
    "dbmdz/bert-large-cased-finetuned-conll03-english",
    *("scibert", "sentiment-model", "ner-model", "topic-model"),
)
HOSTED = ("gpt-3.5-turbo", "gpt-4")
PREVIOUS = {
    "id": "previous_step",
    "type": "data_processing",
    "function": "clean_text",
    "input": "${workflow.input.text}",
}
RESILIENT = [
    {"id": "ask", "type": "inference", "model": "gpt-4", "input": "${workflow.input.text}"}
]


@dataclass
class Refuses:
    """A refusal, by its status on the web."""

    status: int

    def error(self, model):
        kinds = {429: errors.RateLimitError, 503: errors.TemporaryFailureError,
                 404: errors.ModelUnavailableError}  # fmt: skip
        return kinds.get(self.status, errors.InvalidInputError)(f"{model}: {self.status}")


def answer(body, _number):
    """Say who is asked, and what."""
    return f"[{body['model']}: {body['prompt']}]"


@dataclass
class Service:
    """A provider of all models that the document names; `rule` says what they answer."""

    name = "document"
    rule: object = answer
    bodies: list = field(default_factory=list)

    @property
    def count(self):
        return len(self.bodies)

    def serves(self, model):
        return model in (*MODELS, *HOSTED)

    def answer(self, request):
        self.bodies.append({"model": request.model, "prompt": request.prompt, **request.parameters})
        said = self.rule(self.bodies[-1], len(self.bodies))
        if isinstance(said, Refuses):
            raise said.error(request.model)
        return ModelAnswer(said, request.model, kind="text", method="echo")


def serve(monkeypatch):
    """Have a service asked beside the built-in models, as if a package had brought it."""
    service = Service()
    found = [("builtin", builtin), ("document", lambda: service)]
    points = [SimpleNamespace(name=name, load=lambda made=made: made) for name, made in found]
    monkeypatch.setattr(models, "entry_points", lambda *, group: points)
    return service


def came_to(execution):
    """Return the final status and result of an execution."""
    execution.refresh()
    return execution.status, execution.final_result
