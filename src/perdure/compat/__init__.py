"""Other packages' names over perdure, on request only: `install("django_ai")` has code run unchanged.

Code that was written for another package imports that package's modules. `install` makes them
importable, over the engine here. It never hides a real package of that name.
"""

import importlib.util
import sys
from importlib import import_module  # noqa: TID251 - the modules of a name are imported on request
from types import ModuleType

from perdure.errors import PerdureError

_MODULES = {
    "django_ai": {
        "django_ai.automation.workflows.core": "perdure.compat.django_ai.core",
        "django_ai.automation.workflows.models": "perdure.compat.django_ai.models",
        "django_ai.automation.queues.sync_executor": "perdure.compat.django_ai.sync_executor",
    },
    "prsm": {"prsm": "perdure.compat.prsm"},
}
_MARK = "__perdure_compat__"


class CompatError(PerdureError):
    """The names of a package cannot be installed here."""


def install(name: str) -> None:
    """Make the modules of a package importable that perdure stands in for.

    Raises CompatError for a name that there is nothing for, and where a real package of that name
    can be found. Installing one twice changes nothing.
    """
    if name not in _MODULES:
        raise CompatError(
            f"there is nothing to install as {name!r}; there is {', '.join(_MODULES)}"
        )
    if is_installed(name):
        return
    if name in sys.modules or importlib.util.find_spec(name) is not None:
        raise CompatError(
            f"a real package {name!r} can be imported here, and perdure does not hide it. Remove it "
            f"from the environment, or change the imports to perdure"
        )
    for module, home in _MODULES[name].items():
        _alias(module, import_module(home))


def is_installed(name: str) -> bool:
    """Whether the modules of this package are perdure's."""
    return hasattr(sys.modules.get(name), _MARK)


def uninstall(name: str) -> None:
    """Take the modules away again; what was imported from them goes on working."""
    if is_installed(name):
        for module in [each for each in sys.modules if each.partition(".")[0] == name]:
            del sys.modules[module]


def _alias(name: str, module: ModuleType) -> None:
    """Have a module imported by another name, with the packages that the name goes through."""
    parent, _, own = name.rpartition(".")
    sys.modules[name] = module
    if parent:
        setattr(_package(parent), own, module)
    else:
        setattr(module, _MARK, True)


def _package(name: str) -> ModuleType:
    if name in sys.modules:
        return sys.modules[name]
    package = ModuleType(name, "Installed by perdure.compat.")
    package.__path__ = []  # a package, of which nothing more can be found
    setattr(package, _MARK, True)
    sys.modules[name] = package
    parent, _, own = name.rpartition(".")
    if parent:
        setattr(_package(parent), own, package)
    return package
