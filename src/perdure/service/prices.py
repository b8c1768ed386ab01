"""What models' answers cost now, as far as who has the models can say."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from perdure.authoring.models import default_providers
from perdure.ports.models import PricingProvider

_providers = cache(default_providers)


def price(model: str, usage: Mapping[str, Any]) -> float | None:
    """Return what an answer costs that is billed by these counts; None if nobody here knows.

    Who has no key for a model may know its price all the same.
    """
    for provider in _providers():
        if isinstance(provider, PricingProvider):
            cost = provider.price(model, usage)
            if cost is not None:
                return cost
    return None
