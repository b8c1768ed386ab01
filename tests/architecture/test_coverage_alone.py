"""The pure core is covered whole by its own tests: each file by those of its name, alone.

Coverage by chance, from tests of something else, says nothing about whether a file's tests would
notice a change of it. `bash scripts/coverage-alone` runs this, `-k decide` for one file.
"""

import os
import subprocess
import sys

import pytest

from tests.architecture.test_shape import mirrored
from tests.architecture.tree import ROOT, SOURCES, sources

PLACES = (
    "ids.py",
    "errors.py",
    "kernel",
    "wire",
    "authoring/plans.py",
    "authoring/registry.py",
    "runtime/draft.py",
    "runtime/effects.py",
    "runtime/records.py",
)
COVERED = [
    source
    for source in sources()
    if source.path.relative_to(SOURCES).as_posix().startswith(PLACES) and source.has_code
]


def own_tests(source):
    """Return the test file of a source file, and its parts: `test_decide.py`, `test_decide_x.py`."""
    whole = mirrored(source)
    return [whole, *sorted(whole.parent.glob(f"{whole.stem}_*.py"))]


def run(*command, **environment):
    done = subprocess.run(
        [sys.executable, "-m", *map(str, command)],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def measure(source, tests, folder):
    """Run tests under coverage of one file, and return whether it is whole, and what is missing."""
    rules, data = folder / "rules", f"--data-file={folder / 'data'}"
    rules.write_text("[report]\nexclude_also =\n    assert_never\\(\n")
    command = ("coverage", "run", f"--rcfile={rules}", data, "--branch", f"--include={source}")
    options = ("-q", "-p", "no:cacheprovider", "-c", os.devnull, f"--rootdir={ROOT}")
    imports = ("--import-mode=importlib", "-o", f"pythonpath={ROOT}")
    code, said = run(
        *command, "-m", "pytest", *options, *imports, *tests, PYTEST_DISABLE_PLUGIN_AUTOLOAD="1"
    )
    assert code == 0, said
    code, said = run("coverage", "report", f"--rcfile={rules}", data, "-m", "--fail-under=100")
    return code == 0, said


@pytest.mark.slow
@pytest.mark.parametrize("source", COVERED, ids=str)
def test_a_files_own_tests_take_every_branch_of_it(source, tmp_path):
    whole, said = measure(source, own_tests(source), tmp_path)

    assert whole, said


@pytest.mark.slow
def test_a_branch_that_is_not_taken_is_seen(tmp_path):
    """The tests of the paths do not cover the plan."""
    plan = next(source for source in COVERED if source.path.stem == "plan")
    whole, said = measure(plan, [ROOT / "tests" / "kernel" / "test_paths.py"], tmp_path)

    assert not whole, said
