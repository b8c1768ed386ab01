"""The provider of all models that are not built in: services by name, and what is configured."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from perdure.errors import ModelUnavailableError
from perdure.packs.inference.hosted.asking import Asker
from perdure.packs.inference.hosted.prices import cost_of, most_used
from perdure.packs.inference.pipelines import Pipelines
from perdure.packs.inference.settings import Named, Source, Sources, load_sources
from perdure.ports.models import ModelAnswer, ModelInfo, ModelRequest, Pace

EXTRAS = {
    "openai": ("llm", ("pydantic_ai", "openai", "genai_prices")),
    "anthropic": ("llm", ("pydantic_ai", "anthropic", "genai_prices")),
    "pipeline": ("transformers", ("transformers", "torch")),
}
"""The extra that each protocol needs, and the packages that it brings."""
_KINDS = {"pipeline": "pipeline"}


@dataclass
class ConfiguredModels:
    """Answers for the models of known services and of `perdure.toml`.

    Settings are read when the first question comes, keys at each.
    """

    load: Callable[[], Sources] = load_sources
    asker: Asker = field(default_factory=Asker)
    pipelines: Pipelines = field(default_factory=Pipelines)

    @property
    def name(self) -> str:
        """The provider's name."""
        return "configured"

    @cached_property
    def sources(self) -> Sources:
        """Where models are asked."""
        return self.load()

    def serves(self, model: str) -> bool:
        """Tell whether the model's service is known, and can be asked from here."""
        named = self.sources.named(model)
        return named is not None and not missing(named.source)

    def why_not(self, model: str) -> str:
        """Say what is missing to ask a model of a service that is known."""
        named = self.sources.named(model)
        return missing(named.source) if named is not None else ""

    def answer(self, request: ModelRequest) -> ModelAnswer:
        """Answer by one request to the service, or by one call of the pipeline."""
        named = self._named(request.model)
        asked = self.pipelines if named.source.api == "pipeline" else self.asker
        return asked.ask(named, request)

    def most_cost(self, request: ModelRequest) -> float | None:
        """Return what an answer costs if it is as long as it may be; None without a price."""
        named = self.sources.named(request.model)
        if named is None or not named.source.is_metered:
            return 0.0
        return cost_of(named.source, named.model, most_used(request)).dollars

    def price(self, model: str, usage: Mapping[str, Any]) -> float | None:
        """Return what an answer that is billed by these tokens costs now; None without a price."""
        named = self.sources.named(model)
        if named is None or not usage:
            return None
        return cost_of(named.source, named.model, usage).dollars if named.source.is_metered else 0.0

    def pace(self, model: str) -> Pace | None:
        """Return how often the model's service may be asked with its key."""
        named = self.sources.named(model)
        if named is None or named.source.rate is None:
            return None
        mark = sha256(named.source.key.encode()).hexdigest()[:16]
        return Pace(f"{named.source.name}:{mark}", *named.source.rate)

    def listed(self) -> tuple[ModelInfo, ...]:
        """Return the models that are configured by name, and each service's others as `NAME/*`."""
        return tuple(
            ModelInfo(
                name=name,
                provider=source.name,
                kind=_KINDS.get(source.api, "hosted"),
                available=not missing(source),
                why=missing(source),
            )
            for source in self.sources.all.values()
            for name in (*source.models, f"{source.name}/*")
            if source.api != "pipeline" or name in source.models or not source.models
        )

    def _named(self, model: str) -> Named:
        named = self.sources.named(model)
        if named is None:
            raise ModelUnavailableError(f"no service here is known for the model {model!r}")
        if why := missing(named.source):
            raise ModelUnavailableError(f"{named.source.name} cannot be asked: {why}")
        return named


def missing(source: Source) -> str:
    """Say what is missing to ask a source: a key, a package, a folder; nothing where it can be."""
    extra, packages = EXTRAS[source.api]
    lacks = [package for package in packages if find_spec(package) is None]
    if source.needs_key and not source.key and source.api != "pipeline":
        return f"{source.key_env} is not set"
    if lacks:
        return f"needs {lacks[0]}. Install it with: pip install 'perdure[{extra}]'"
    if source.api == "pipeline" and not Path(source.path).expanduser().is_dir():
        return f"there is no folder {source.path}"
    return ""
