"""What answers an inference step: a provider, what it is asked, and what it says.

A provider maps a model's name to something real. It never answers for a model that it does not
have: it raises `ModelUnavailableError`, on which the fallback table of a workflow acts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, runtime_checkable

Kind = Literal["classification", "entities", "key_phrases", "embedding", "text", "other"]
"""The shape of a result, the same for every provider.

`classification` is `{label (upper case), score, scores}`; `entities` a list of
`{text, label, start, end, score}`, offsets into the text asked about; `key_phrases` a list of
`{text, score}`; `embedding` a list of numbers (a list of such lists for a list of texts);
`text` a string.
"""


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
    billed, where something is.
    """

    result: Any
    model: str
    kind: Kind = field(kw_only=True)
    method: str = field(kw_only=True)
    note: str = field(default="", kw_only=True)
    usage: Mapping[str, Any] | None = field(default=None, kw_only=True)
    raw: Any = field(default=None, kw_only=True)


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
