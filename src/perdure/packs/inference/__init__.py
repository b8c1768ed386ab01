"""Models that answer inference steps.

`builtin` runs anywhere: small, without keys or downloads. `configured` asks services over the
network (`hosted`) and Hugging Face pipelines on this machine (`pipelines`), as `settings` says.
"""

from perdure.packs.inference.builtin.provider import BuiltinModels
from perdure.ports.models import ModelProvider


def builtin() -> BuiltinModels:
    """Return the provider of the built-in models (the entry point `perdure.models`)."""
    return BuiltinModels()


def configured() -> ModelProvider:
    """Return the provider of hosted models and of pipelines (the entry point `perdure.models`)."""
    from perdure.packs.inference.provider import ConfiguredModels

    return ConfiguredModels()
