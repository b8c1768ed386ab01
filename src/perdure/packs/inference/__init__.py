"""Models that answer inference steps. `builtin` runs anywhere: small, without keys or downloads."""

from perdure.packs.inference.builtin.provider import BuiltinModels


def builtin() -> BuiltinModels:
    """Return the provider of the built-in models (the entry point `perdure.models`)."""
    return BuiltinModels()
