"""What an import brings with it, seen in a fresh process: no contract sees a parent's imports."""

import json
import os
import pkgutil
import subprocess
import sys
import sysconfig

import pytest

from tests.architecture.tree import ROOT, SOURCES

HEAVY = {"apsw", "asyncio", "cel", "cronsim", "cyclopts", "httpx2", "pydantic", "rich", "yaml"}
EXTRAS = {
    *("anthropic", "genai_prices", "openai", "pydantic_ai", "torch", "transformers"),
    *("cryptography", "docx", "numpy", "py3langid", "pypdfium2", "vaderSentiment"),
}
IMPURE = {"logging", "multiprocessing", "random", "secrets", "socket", "sqlite3", "subprocess"}

KERNEL = [f"perdure.kernel.{found.name}" for found in pkgutil.iter_modules([SOURCES / "kernel"])]


def loaded_by(*modules):
    """Import modules in a fresh process, without `.pth` files, and return all that it loaded."""
    script = f"import {', '.join(modules)}, sys, json; print(json.dumps(list(sys.modules)))"
    path = os.pathsep.join([str(ROOT / "src"), sysconfig.get_path("purelib")])
    answer = subprocess.run(
        [sys.executable, "-S", "-c", script],
        check=True,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": path},
    )
    return {name.partition(".")[0] for name in json.loads(answer.stdout)}


def test_importing_perdure_is_light():
    assert not loaded_by("perdure") & (HEAVY | EXTRAS)


def test_the_kernel_brings_no_framework_and_nothing_that_touches_the_world():
    assert KERNEL
    assert not loaded_by(*KERNEL) & (HEAVY | EXTRAS | IMPURE)


def test_the_pytest_plugin_is_light():
    """Everybody who has perdure installed loads it in every test session."""
    assert not loaded_by("perdure.testing.plugin") & (HEAVY | EXTRAS)


@pytest.mark.parametrize("module", sorted(HEAVY))
def test_what_is_asked_for_is_seen(module):
    """The tests above would hold for ever if the fresh process could not see what it loads."""
    assert module in loaded_by(module)
