"""Names of other packages: on request only, and never in place of a real package."""

import importlib
import subprocess
import sys

import pytest

from perdure import compat
from perdure.compat import CompatError


def test_nothing_is_importable_before_it_is_asked_for():
    """S003-01, A003-25."""
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("django_ai")
    assert not compat.is_installed("django_ai")


def test_the_documents_modules_are_importable_after_it(django_ai):
    """S003-01."""
    core = importlib.import_module("django_ai.automation.workflows.core")
    import django_ai.automation.queues.sync_executor
    from django_ai.automation.workflows.models import WorkflowStatus

    assert core.workflow
    assert django_ai.automation.queues.sync_executor.SynchronousExecutor
    assert WorkflowStatus.FAILED == "failed"
    assert compat.is_installed("django_ai")


def test_installing_twice_changes_nothing(django_ai):
    before = sys.modules["django_ai.automation.workflows.core"]

    compat.install("django_ai")

    assert sys.modules["django_ai.automation.workflows.core"] is before


def test_after_uninstall_the_names_are_gone():
    compat.install("django_ai")
    compat.uninstall("django_ai")
    compat.uninstall("django_ai")

    assert not [name for name in sys.modules if name.startswith("django_ai")]


def test_a_real_package_of_the_name_is_never_hidden(tmp_path, monkeypatch):
    (tmp_path / "django_ai").mkdir()
    (tmp_path / "django_ai" / "__init__.py").write_text("REAL = True\n")
    monkeypatch.syspath_prepend(str(tmp_path))

    with pytest.raises(CompatError, match="a real package 'django_ai'"):
        compat.install("django_ai")
    assert importlib.import_module("django_ai").REAL
    with pytest.raises(CompatError, match="a real package"):  # imported already
        compat.install("django_ai")
    monkeypatch.delitem(sys.modules, "django_ai")


def test_other_names_are_refused():
    with pytest.raises(CompatError, match="nothing to install as 'djano_ai'; there is django_ai"):
        compat.install("djano_ai")


def test_the_core_has_no_django_in_it():
    """A003-25: not even where Django is installed would it be imported."""
    script = (
        "import sys; from perdure.compat import install; install('django_ai');"
        "import django_ai.automation.workflows.core;"
        "sys.exit(any(name.partition('.')[0] == 'django' for name in sys.modules))"
    )

    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
