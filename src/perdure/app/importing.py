"""Imports that perdure makes itself, to find workflows: nothing may start during one."""

import contextlib
import sys
from collections.abc import Iterator
from importlib import import_module  # noqa: TID251 - one of the doors for imports by name
from pathlib import Path
from types import ModuleType

from perdure.errors import ConfigError

_importing = 0


def is_importing() -> bool:
    """Whether perdure is importing a module now, to find the workflows in it."""
    return _importing > 0


@contextlib.contextmanager
def importing() -> Iterator[None]:
    """Refuse starts, signals and emits in this block."""
    global _importing  # noqa: PLW0603
    _importing += 1
    try:
        yield
    finally:
        _importing -= 1


def import_workflows(target: str) -> ModuleType:
    """Import a module by name or by file (`workflows.py`), so that its workflows are registered.

    Raises ConfigError if there is no such module or file, and whatever the import raises.
    """
    path = Path(target)
    if not target.endswith(".py"):
        if "" not in sys.path and str(Path.cwd()) not in sys.path:
            sys.path.insert(0, str(Path.cwd()))
        return _import(target)
    if not path.is_file():
        raise ConfigError(f"there is no file {target}")
    sys.path.insert(0, str(path.parent.resolve()))
    module = _import(path.stem)
    found = getattr(module, "__file__", None)
    if found is None or Path(found).resolve() != path.resolve():
        raise ConfigError(
            f"{target} cannot be imported: another module is called {path.stem!r} "
            f"({found or 'built in'}). Rename the file"
        )
    return module


def _import(name: str) -> ModuleType:
    with importing():
        try:
            return import_module(name)
        except ModuleNotFoundError as error:
            missing = error.name or ""
            if name != missing and not name.startswith(f"{missing}."):
                raise  # it is there, and imports something that is not
            raise ConfigError(
                f"there is no module {name!r} here. Name a module or a file, as in: "
                f"perdure worker workflows.py"
            ) from error
