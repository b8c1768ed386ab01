"""The wheel holds all that the code needs when it is installed."""

import subprocess
import sys
import zipfile

import pytest

from tests.architecture.tree import ROOT, SOURCES


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (path,) = folder.glob("perdure-*.whl")
    with zipfile.ZipFile(path) as opened:
        yield opened


def test_the_wheel_holds_every_file_of_the_package(wheel):
    """The SQL files and `py.typed` too, not only the modules."""
    ours = {
        path.relative_to(SOURCES.parent).as_posix()
        for path in SOURCES.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    assert ours <= set(wheel.namelist())


def test_the_wheel_brings_the_command_the_pytest_plugin_and_the_licence(wheel):
    inside = {name.partition(".dist-info/")[2]: name for name in wheel.namelist()}
    entry_points = wheel.read(inside["entry_points.txt"]).decode()

    assert "perdure = perdure.cli:main" in entry_points
    assert "perdure = perdure.testing.plugin" in entry_points
    assert "licenses/LICENSE" in inside
