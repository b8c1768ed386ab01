"""A store's file, and processes that share it."""

import subprocess
import sys

import pytest

from perdure.stores.sqlite import SqliteStore


@pytest.fixture
def path(tmp_path):
    return tmp_path / "perdure.db"


@pytest.fixture
def store(path):
    opened = SqliteStore(path)
    yield opened
    opened.close()


@pytest.fixture
def run_script():
    """Run a script in a process of its own; return what it printed. It must end well."""

    def run(script, *arguments):
        command = [sys.executable, "-W", "error", "-c", script, *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.split()

    return run
