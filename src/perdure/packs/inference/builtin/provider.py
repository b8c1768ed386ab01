"""The provider of the built-in models: `builtin/sentiment`, `builtin/summary` and so on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from perdure.authoring import parameters
from perdure.errors import InvalidOutputError, ModelUnavailableError
from perdure.packs.inference.builtin.embedding import embedding
from perdure.packs.inference.builtin.entities import entities
from perdure.packs.inference.builtin.extract import extract
from perdure.packs.inference.builtin.language import language
from perdure.packs.inference.builtin.material import material
from perdure.packs.inference.builtin.phrases import key_phrases
from perdure.packs.inference.builtin.sentiment import sentiment
from perdure.packs.inference.builtin.summary import summary
from perdure.ports.models import LOCAL, Kind, ModelAnswer, ModelInfo, ModelRequest

PREFIX = "builtin/"
NOTE = "a small built-in model, not a large language model"


@dataclass(frozen=True, slots=True)
class Model:
    """One built-in model: its function, the kind of its result and how it works."""

    call: Callable[..., Any]
    kind: Kind
    method: str = field(kw_only=True)
    note: str = field(default="", kw_only=True)


MODELS: Mapping[str, Model] = {
    "sentiment": Model(
        sentiment, "classification", method="lexicon and learned words", note="English"
    ),
    "language": Model(language, "classification", method="letter n-grams", note="140 languages"),
    "key-phrases": Model(key_phrases, "key_phrases", method="phrase statistics"),
    "entities": Model(entities, "entities", method="lists and rules", note="English"),
    "summary": Model(summary, "text", method="extractive", note="verbatim sentences of the text"),
    "extract": Model(extract, "text", method="extractive", note="verbatim sentences of the text"),
    "embedding": Model(
        embedding, "embedding", method="lexical", note="near means shared words, not shared meaning"
    ),
}


class BuiltinModels:
    """Answers for the models whose names begin with `builtin/`, on this machine."""

    @property
    def name(self) -> str:
        """The provider's name."""
        return "builtin"

    def serves(self, model: str) -> bool:
        """Tell whether there is a built-in model of this name."""
        return model.startswith(PREFIX) and model.removeprefix(PREFIX) in MODELS

    def models(self) -> tuple[str, ...]:
        """Return the names of all built-in models."""
        return tuple(PREFIX + name for name in MODELS)

    def answer(self, request: ModelRequest) -> ModelAnswer:
        """Answer from the values, or from the prompt where there are none.

        Parameters that the model knows are checked; those of other models (`temperature`) have no
        meaning here and are left alone.
        """
        model = self._model(request.model)
        known = parameters.known_only(model.call, request.parameters)
        given = parameters.checked(model.call, known)
        instruction, text = material(request)
        if model.call is extract:
            result: Any = extract(text, instruction, **given)
        else:
            result = model.call(text, **given)
        if result == "":
            raise InvalidOutputError(f"{request.model} found no sentence in the text", path="input")
        note = f"{NOTE}; {model.note}" if model.note else NOTE
        return ModelAnswer(
            result,
            request.model,
            kind=model.kind,
            method=model.method,
            note=note,
            cost=0.0,
            cost_basis=LOCAL,
        )

    def listed(self) -> tuple[ModelInfo, ...]:
        """Return the built-in models."""
        return tuple(
            ModelInfo(name=name, provider=self.name, kind="built-in", available=True)
            for name in self.models()
        )

    def most_cost(self, request: ModelRequest) -> float:  # noqa: ARG002 - nobody is paid
        """Return nothing."""
        return 0.0

    def pace(self, model: str) -> None:
        """Return no pace."""

    def why_not(self, model: str) -> str:
        """Say what there is instead of a built-in model of this name."""
        return self._missing(model) if model.startswith(PREFIX) and not self.serves(model) else ""

    def _model(self, name: str) -> Model:
        if not self.serves(name):
            raise ModelUnavailableError(self._missing(name))
        return MODELS[name.removeprefix(PREFIX)]

    def _missing(self, name: str) -> str:
        close = get_close_matches(name, self.models(), n=1)
        hint = f"Did you mean '{close[0]}'?" if close else f"There are: {', '.join(self.models())}"
        return f"there is no built-in model '{name}'. {hint}"
