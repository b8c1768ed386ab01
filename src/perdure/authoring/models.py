"""Which provider answers for a model: installed providers, asked in order."""

from collections.abc import Iterable
from importlib.metadata import entry_points

from perdure.errors import ModelUnavailableError
from perdure.ports.models import ModelProvider

MODELS = "perdure.models"
"""The entry-point group of model providers: each is a callable that returns one provider."""


def default_providers() -> tuple[ModelProvider, ...]:
    """Return the providers that installed packages bring, by their entry point's name."""
    found = sorted(entry_points(group=MODELS), key=lambda entry: entry.name)
    return tuple(entry.load()() for entry in found)


def provider_for(model: str, providers: Iterable[ModelProvider]) -> ModelProvider:
    """Return the first provider that serves the model; raise `ModelUnavailableError` if none."""
    asked = tuple(providers)
    for provider in asked:
        if provider.serves(model):
            return provider
    names = ", ".join(provider.name for provider in asked) or "none is installed"
    raise ModelUnavailableError(
        f"no provider here answers for the model '{model}' (asked: {names}). Configure one that "
        "has it, or name another model for it under `fallback_models`"
    )
