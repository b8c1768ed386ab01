"""What answers an inference step: a provider, what it is asked, and what it says.

A provider maps a model's name to something real. It never answers for a model that it does not
have: it raises `ModelUnavailableError`, on which the fallback table of a workflow acts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, runtime_checkable

Kind = Literal["classification", "entities", "key_phrases", "embedding", "text", "other"]
"""The shape of a result, the same for every provider.

`classification` is `{label (upper case), score, scores}`; `entities` a list of
`{text, label, start, end, score}`, offsets into the text asked about; `key_phrases` a list of
`{text, score}`; `embedding` a list of numbers (a list of such lists for a list of texts);
`text` a string.
"""

LOCAL = "local"
"""The basis of a cost of nothing: it was answered on this machine, and nobody is paid."""


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """One question to one model.

    `prompt` is the whole input as text, references filled in. `instruction` is the literal text
    of the input with its references taken out, `values` is what they referred to: a model that
    works on material and follows no instructions reads `values` and leaves the rest alone.
    """

    model: str
    prompt: str
    instruction: str = field(default="", kw_only=True)
    values: tuple[Any, ...] = field(default=(), kw_only=True)
    parameters: Mapping[str, Any] = field(default_factory=dict, kw_only=True)


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """What a model said: `result` is JSON in the shape of `kind`, `raw` the provider's own.

    `model` is the one that answered, `method` how (such as `lexicon` or `language model`), and
    `note` what a reader of the result should know about its quality. `usage` counts what is
    billed, where something is. `cost` is what the answer cost in US dollars, None where nobody
    knows, and `cost_basis` where the price is from: a list, `local` (nobody is paid), or `none`.
    `provider` is who answered, where the provider's own name does not say it.
    """

    result: Any
    model: str
    kind: Kind = field(kw_only=True)
    method: str = field(kw_only=True)
    note: str = field(default="", kw_only=True)
    usage: Mapping[str, Any] | None = field(default=None, kw_only=True)
    cost: float | None = field(default=None, kw_only=True)
    cost_basis: str = field(default="none", kw_only=True)
    provider: str = field(default="", kw_only=True)
    raw: Any = field(default=None, kw_only=True)


def mark_spent(error: Exception, spent: Mapping[str, Any]) -> None:
    """Keep with a failure what was paid all the same: `cost`, None where nobody knows, `model` ..."""
    vars(error)["spent"] = dict(spent)


def spent_of(error: BaseException) -> Mapping[str, Any] | None:
    """Return what was paid for a failure; None for nothing."""
    spent: Mapping[str, Any] | None = getattr(error, "spent", None)
    return spent


@runtime_checkable
class ModelProvider(Protocol):
    """A source of models. Called in a thread, so it may block; it must be thread-safe."""

    @property
    def name(self) -> str:
        """The provider's name, for people."""
        ...

    def serves(self, model: str) -> bool:
        """Tell whether this provider has the model, without loading it."""
        ...

    def answer(self, request: ModelRequest) -> ModelAnswer:
        """Answer one request with one attempt; retries belong to the engine.

        Raise `ModelUnavailableError` for a model that is not here, `InvalidInputError` for
        what it cannot work on.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelInfo:
    """A model, or all models of a provider (`*`), for people: whether it can be asked, or why not.

    `kind` is what it is: `built-in`, `hosted` or `pipeline`.
    """

    name: str
    provider: str
    kind: str
    available: bool
    why: str = ""


@runtime_checkable
class TellingProvider(Protocol):
    """What a provider may tell of itself beyond what it must."""

    def listed(self) -> Sequence[ModelInfo]:
        """Return the models that it has or could have."""
        ...

    def why_not(self, model: str) -> str:
        """Say why it does not serve a model that it knows; empty for one that it does not know."""
        ...


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a service may be asked: at most `most` times in any span of so many seconds.

    `name` is the service and the key that it is asked with, which is not told.
    """

    name: str
    most: int
    seconds: float


@runtime_checkable
class MeteredProvider(Protocol):
    """What a provider tells so that a budget and a rate can be kept."""

    def most_cost(self, request: ModelRequest) -> float | None:
        """Return what an answer will cost at most, or so, in US dollars; None if nobody knows."""
        ...

    def pace(self, model: str) -> Pace | None:
        """Return how often the model's service may be asked; None for any number of times."""
        ...


@runtime_checkable
class PricingProvider(Protocol):
    """What a provider may tell of what its models' answers cost."""

    def price(self, model: str, usage: Mapping[str, Any]) -> float | None:
        """Return what an answer that is billed by these counts costs now, in US dollars.

        None where nobody knows.
        """
        ...
