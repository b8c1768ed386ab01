"""From nothing: a process that imports perdure, opens a new store and has one result."""

import os
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.cases import subject
from benchmarks.harness.sample import Answer, Options, age, run

TIMED = "import time; t = time.perf_counter(); {}; print(time.perf_counter() - t)"
IMPORT = "import perdure"
NAMES = "from perdure import *"


def measure(options: Options) -> Answer:
    """Take the age of this process at its first result, then look at import and help."""
    with subject.opened(options.directory) as engine:
        engine.start("single").result(timeout=subject.PATIENCE)
        seconds = age()
    return Answer(
        {
            "seconds": seconds,
            "import_seconds": _timed(IMPORT),
            "names_seconds": _timed(NAMES),
            "help_seconds": _help(),
        }
    )


def _timed(statement: str) -> float:
    """Return how long a statement takes in a new interpreter, its start not counted."""
    return float(_output([sys.executable, "-c", TIMED.format(statement)]))


def _help() -> float:
    began = time.perf_counter()
    shown = _output([str(Path(sys.executable).parent / "perdure"), "--help"])
    seconds = time.perf_counter() - began
    assert "run" in shown
    return seconds


def _output(command: list[str]) -> str:
    return subprocess.run(
        command, capture_output=True, text=True, check=True, env=os.environ
    ).stdout


if __name__ == "__main__":
    run(measure)
