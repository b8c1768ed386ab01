"""`perdure.Client`: workflows as data, made and run from Python."""

from pathlib import Path
from typing import Self

from perdure.app.engine import Engine
from perdure.client.embedded import Embedded
from perdure.client.workflows import Workflows


class Client:
    """What document 004's scripts begin with: `client.workflows` has the calls.

    They run in this process, on the engine that `perdure.engine` is, or on that of another `store`
    (a path, or `:memory:`), or on an `engine` that is open. Any `api_key` is taken: whoever can
    open the store is its owner. Raises ConfigError for a `base_url`.
    """

    def __init__(
        self,
        api_key: str | None = None,
        *,
        base_url: str | None = None,
        store: str | Path | None = None,
        engine: Engine | None = None,
    ) -> None:
        del api_key  # nobody is to be told apart here
        self._embedded = Embedded(base_url=base_url, store=store, engine=engine)
        self.workflows = Workflows(self._embedded)

    def close(self, timeout: float = 5.0) -> None:
        """Let go of a store of its own; what has not ended goes on at the next start."""
        self._embedded.close(timeout)

    def __enter__(self) -> Self:
        """Return the client."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()
