"""What an answer costs: tokens that were measured, times a price that is known, or not known."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from perdure.packs.inference.settings import Source
from perdure.ports.models import ModelRequest
from perdure.wire.encoding import encode

NONE = "none"
CONFIGURED = "perdure.toml"

AROUND = 50
"""The tokens that a service puts around a question, about."""
MOST_TOKENS = 4_096
"""How long an answer is taken to be whose request does not limit it; Claude is told so."""


@dataclass(frozen=True, slots=True)
class Cost:
    """US dollars, or None where nobody knows; `basis` says from where the price is, or `none`."""

    dollars: float | None
    basis: str


def cost_of(source: Source, model: str, usage: Mapping[str, int]) -> Cost:
    """Return what these tokens cost: at the price that was configured, else at the listed one."""
    if source.price is not None:
        dollars = usage.get("input_tokens", 0) * source.price.input
        dollars += usage.get("output_tokens", 0) * source.price.output
        return Cost(dollars / 1e6, CONFIGURED)
    return _listed(source.prices, model, usage) if source.prices else Cost(None, NONE)


def most_used(request: ModelRequest) -> dict[str, int]:
    """Return the tokens that a request takes at most, or so: a text has no more than it has thirds.

    The answer is taken to be as long as `max_tokens` allows, and where it does not say, as
    MOST_TOKENS.
    """
    said = request.parameters
    parts = [
        request.prompt,
        *(encode(said[name]) for name in ("system", "output_schema") if said.get(name)),
    ]
    most = said.get("max_tokens")
    return {
        "input_tokens": sum(len(part.encode()) for part in parts) // 3 + AROUND,
        "output_tokens": most if isinstance(most, int) else MOST_TOKENS,
    }


def _listed(provider: str, model: str, usage: Mapping[str, int]) -> Cost:
    import genai_prices

    tokens: Any = genai_prices.Usage(**usage)
    try:
        found = genai_prices.calc_price(tokens, model, provider_id=provider)
    except LookupError:
        return Cost(None, NONE)
    return Cost(float(found.total_price), f"genai-prices {_version()}")


@cache
def _version() -> str:
    from importlib.metadata import version

    return version("genai-prices")
