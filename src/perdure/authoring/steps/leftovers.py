"""What a step leaves on `self`, which is gone at the next step: most likely a mistake, so it is told."""

import logging
from functools import cached_property
from inspect import getattr_static
from typing import Any

log = logging.getLogger("perdure.step")


class Leftovers:
    """Tells of attributes that one step sets on its instance, each once."""

    def __init__(self, label: str) -> None:
        """`label` names class and step."""
        self._label = label
        self._told: set[str] = set()

    def look(self, instance: Any, before: int) -> None:
        """Warn of what was set on an instance since it had so many attributes."""
        values = getattr(instance, "__dict__", ())
        if len(values) > before:
            self._tell(instance, list(values)[before:])

    def _tell(self, instance: Any, names: list[str]) -> None:
        for name in names:
            if name in self._told or _is_cached(instance, name):
                continue
            self._told.add(name)
            log.warning(
                "%s sets self.%s, and each step gets a new instance: the next step will not find "
                "it. Keep it in the context: declare %s there, and set get_context().%s",
                *(self._label, name, name, name),
            )


def attributes(instance: Any) -> int:
    """Return how many attributes an instance has by itself."""
    return len(getattr(instance, "__dict__", ()))


def _is_cached(instance: Any, name: str) -> bool:
    """Whether it is a value that its class makes again for each instance."""
    return isinstance(getattr_static(type(instance), name, None), cached_property)
