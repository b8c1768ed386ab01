"""Imports that perdure makes to find workflows."""

import sys

import pytest

from perdure.app.importing import import_workflows, importing, is_importing
from perdure.errors import ConfigError


@pytest.fixture(autouse=True)
def _the_path_as_it_was():
    path, modules = list(sys.path), set(sys.modules)
    yield
    sys.path[:] = path
    for name in set(sys.modules) - modules:
        if name.startswith("flows_"):
            del sys.modules[name]


def test_only_within_the_block_is_an_import_ours():
    assert not is_importing()
    with importing():
        assert is_importing()
    assert not is_importing()


def test_a_file_is_imported_and_sees_that_it_is(tmp_path):
    file = tmp_path / "flows_a.py"
    file.write_text("from perdure.app.importing import is_importing\nseen = is_importing()\n")

    assert import_workflows(str(file)).seen is True


def test_a_module_is_imported_from_the_current_folder(tmp_path, monkeypatch):
    (tmp_path / "flows_b.py").write_text("x = 1\n")
    monkeypatch.chdir(tmp_path)

    assert import_workflows("flows_b").x == 1


def test_a_file_that_is_not_there_is_named():
    with pytest.raises(ConfigError, match=r"there is no file nowhere\.py"):
        import_workflows("nowhere.py")


def test_a_module_that_is_not_there_is_named_with_an_example():
    with pytest.raises(ConfigError, match=r"'nowhere_at_all'.*perdure worker workflows\.py"):
        import_workflows("nowhere_at_all")


def test_a_module_that_lacks_something_itself_says_what(tmp_path):
    (tmp_path / "flows_c.py").write_text("import flows_missing_thing\n")

    with pytest.raises(ModuleNotFoundError, match="flows_missing_thing"):
        import_workflows(str(tmp_path / "flows_c.py"))


def test_a_file_whose_name_another_module_has_is_refused(tmp_path):
    (tmp_path / "json.py").write_text("x = 1\n")

    with pytest.raises(ConfigError, match="another module is called 'json'"):
        import_workflows(str(tmp_path / "json.py"))
