"""Where a child finds a workflow's code."""

import sys
import types

import pytest

from perdure.app import origins
from perdure.app.origins import import_origin, locating, origin_of
from perdure.errors import ConfigError, DefinitionError
from perdure.executors.frames import Origin
from tests.runtime.scenes import graph, hosting, machine, workflow

FLOW = """
from perdure.app.importing import is_importing
ran = __name__
was_importing = is_importing()
"""


@pytest.fixture
def main(monkeypatch, tmp_path):
    """A `__main__` that the test makes, and nothing imported yet."""
    module = types.ModuleType("__main__")
    monkeypatch.setitem(sys.modules, "__main__", module)
    monkeypatch.setitem(sys.modules, "__mp_main__", None)
    monkeypatch.setattr(origins, "_imported", set())
    monkeypatch.setattr(sys, "path", list(sys.path))
    module.file = tmp_path / "flows.py"
    module.file.write_text(FLOW)
    return module


class Declared:
    """A class of this module."""


def in_main(name="Flow"):
    return type(name, (), {"__module__": "__main__"})


def test_a_class_of_a_module_is_found_by_its_name():
    assert origin_of(Declared) == Origin(Declared.__module__)


def test_a_class_of_a_script_is_found_by_its_file(main):
    main.__file__ = str(main.file)

    assert origin_of(in_main()) == Origin("__main__", str(main.file.resolve()))


def test_a_script_of_a_package_knows_which(main):
    main.__file__ = str(main.file)
    main.__spec__ = types.SimpleNamespace(parent="there")

    assert origin_of(in_main()).package == "there"


@pytest.mark.parametrize("file", [None, "<stdin>"])
def test_a_class_of_a_terminal_cannot_be_found_and_says_what_to_do(main, file):
    if file is not None:
        main.__file__ = file

    with pytest.raises(DefinitionError, match="Put it into a file"):
        origin_of(in_main())


def test_an_attempt_is_found_by_its_workflows_class(main):
    plan = machine("a", name="order")
    flow = workflow(plan)
    locate = locating(hosting(flow, graph(name="web")))
    work = types.SimpleNamespace(workflow="web")

    assert locate(work) == Origin(path=tuple(sys.path)), "a graph needs no module"


def test_a_module_is_imported_by_its_name(main, tmp_path, monkeypatch):
    (tmp_path / "flows_to_import.py").write_text(FLOW)

    import_origin(Origin("flows_to_import", path=(str(tmp_path), *sys.path)))

    assert sys.modules.pop("flows_to_import").was_importing


def test_a_script_is_loaded_once_and_not_as_main(main):
    origin = Origin("__main__", str(main.file))
    import_origin(origin)
    loaded = sys.modules["__main__"]
    import_origin(origin)

    assert loaded.ran == "__mp_main__"
    assert loaded.was_importing, "starts at its top level are refused"
    assert sys.modules["__main__"] is sys.modules["__mp_main__"] is loaded


def test_a_script_of_a_package_may_import_what_is_beside_it(main, tmp_path):
    package = tmp_path / "there_pkg"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "beside.py").write_text("value = 7\n")
    (package / "__main__.py").write_text("from .beside import value\n")

    import_origin(
        Origin("__main__", str(package / "__main__.py"), "there_pkg", (str(tmp_path), *sys.path))
    )

    assert sys.modules["__main__"].value == 7


def test_an_origin_without_a_module_imports_nothing(main):
    before = set(sys.modules)

    import_origin(Origin())

    assert set(sys.modules) == before


def test_a_module_that_is_not_there_is_named(main):
    with pytest.raises(ConfigError, match="no_such_module_here"):
        import_origin(Origin("no_such_module_here"))
