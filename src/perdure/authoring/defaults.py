"""The registry into which decorators put workflows that name no other: one in each process."""

import threading

from perdure.authoring.registry import Registry

_lock = threading.Lock()
_registry: Registry | None = None


def default_registry() -> Registry:
    """Return this process's registry, made at its first use and the same ever after."""
    global _registry  # noqa: PLW0603 - one per process is what it is
    with _lock:
        if _registry is None:
            _registry = Registry()
        return _registry
