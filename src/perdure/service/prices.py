"""What models' answers cost now, as far as who has the models can say."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from perdure.authoring.models import default_providers
from perdure.ports.models import PricingProvider

_providers = cache(default_providers)


def price(model: str, usage: Mapping[str, Any]) -> float | None:
    """Return what an answer costs that is billed by these counts; None if nobody here knows."""
    for provider in _providers():
        if provider.serves(model):
            return provider.price(model, usage) if isinstance(provider, PricingProvider) else None
    return None
