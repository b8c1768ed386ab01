"""Where the code of a workflow is found by another process, and how it is imported there."""

import sys
from dataclasses import replace
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from perdure.app.importing import import_workflows, importing
from perdure.authoring.registry import Registry
from perdure.errors import DefinitionError
from perdure.executors.frames import Origin
from perdure.executors.talks import Locate
from perdure.ports.executor import Work

MAIN = "__main__"
_imported: set[tuple[str, str]] = set()


def locating(registry: Registry) -> Locate:
    """Return what says where a child finds the code of an attempt."""

    def locate(work: Work) -> Origin:
        flow = registry.find(work.workflow)
        found = origin_of(flow.cls) if flow is not None and flow.cls is not None else Origin()
        return replace(found, path=tuple(sys.path))

    return locate


def origin_of(cls: type) -> Origin:
    """Return where a class was declared. Raises DefinitionError where no other process finds it."""
    if cls.__module__ != MAIN:
        return Origin(cls.__module__)
    main = sys.modules[MAIN]
    file = getattr(main, "__file__", None)
    if file is None or not Path(file).is_file():
        raise DefinitionError(
            f"{cls.__qualname__} has a step that runs in a process of its own, which imports the "
            "class; but it was written in a terminal or a notebook, where nothing can be imported "
            "from. Put it into a file, and import it from there"
        )
    spec = getattr(main, "__spec__", None)
    return Origin(MAIN, str(Path(file).resolve()), spec.parent or "" if spec is not None else "")


def import_origin(origin: Origin) -> None:
    """Import a module, once. Raises ConfigError, and whatever the import raises."""
    sys.path[:] = origin.path or sys.path
    if (origin.module, origin.main) in _imported:
        return
    if origin.main:
        _import_main(origin)
    elif origin.module:
        import_workflows(origin.module)
    _imported.add((origin.module, origin.main))


def _import_main(origin: Origin) -> ModuleType:
    """Load the script that was started, under the name that a script has in other processes.

    What stands under `if __name__ == "__main__":` is not run.
    """
    spec = spec_from_file_location("__mp_main__", origin.main)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    if origin.package:
        module.__spec__ = None
        module.__package__ = origin.package
    sys.modules[MAIN] = sys.modules["__mp_main__"] = module
    with importing():
        spec.loader.exec_module(module)
    return module
