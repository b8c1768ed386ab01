"""The one place where the client reaches the service: an engine in this process, opened when used."""

import os
from pathlib import Path

from perdure.app.default import engine as shared
from perdure.app.engine import Engine
from perdure.errors import ConfigError

REMOTE = ("PERDURE_BASE_URL", "PRSM_BASE_URL")


class Embedded:
    """The engine that a client works with: this script's own one, or that of a store of its own."""

    def __init__(
        self,
        *,
        base_url: str | None = None,
        store: str | Path | None = None,
        engine: Engine | None = None,
    ) -> None:
        named = next((name for name in REMOTE if os.environ.get(name)), None)
        if base_url is not None or named is not None:
            raise ConfigError(
                f"{named or 'base_url'} names a server, and this version has no client for one. "
                "Leave it out: the same calls then run in this process"
            )
        self._store = store
        self._engine = engine
        self._is_own = False

    def get(self) -> Engine:
        """Return the engine, opened if need be."""
        if self._engine is not None:
            return self._engine
        if self._store is None:
            return shared.get()
        self._engine, self._is_own = Engine(self._store), True
        return self._engine

    def close(self, timeout: float = 5.0) -> None:
        """Close the engine, if it is this client's own; the script's goes on."""
        if self._is_own and self._engine is not None:
            self._engine.close(timeout)
            self._engine = None
