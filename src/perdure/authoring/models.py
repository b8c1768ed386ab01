"""Which provider answers for a model: installed providers, asked in order."""

from collections.abc import Iterable
from importlib.metadata import entry_points

from perdure.errors import ModelUnavailableError
from perdure.ports.models import ModelProvider, TellingProvider

MODELS = "perdure.models"
"""The entry-point group of model providers: each is a callable that returns one provider."""

NOBODY = "no provider here has it"


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


def why_not(model: str, providers: Iterable[ModelProvider]) -> str:
    """Say why none of these providers serves a model: what the first that knows it lacks."""
    told = (p.why_not(model) for p in providers if isinstance(p, TellingProvider))
    return next(filter(None, told), NOBODY)
