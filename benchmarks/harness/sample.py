"""One measurement: a script that measures once, in a process of its own, and prints JSON.

Call: `python SCRIPT DIRECTORY [name=number ...]`. The directory is new and empty, and lies on the
file system that is measured. The last line on standard output is the answer; a library that
prints on the way does no harm.
"""

import json
import math
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

BEGAN = "BENCHMARK_BEGAN"  # when the caller began to make this process, by the system's clock


@dataclass(frozen=True, slots=True)
class Options:
    """Where a sample keeps its store, and the numbers that it was asked for."""

    directory: Path
    numbers: dict[str, int] = field(default_factory=dict)

    def number(self, name: str, default: int) -> int:
        """Return a number of the command line, or its default."""
        return self.numbers.get(name, default)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a sample found: figures by name, and the settings it found in force."""

    metrics: dict[str, float]
    settings: dict[str, str] = field(default_factory=dict)


def run(measure: Callable[[Options], Answer]) -> None:
    """Measure once with the options of the command line and print the answer."""
    answer = measure(parse(sys.argv[1:]))
    sys.stdout.flush()
    print()
    print(json.dumps({"metrics": answer.metrics, "settings": answer.settings}), flush=True)


def parse(arguments: Sequence[str]) -> Options:
    """Read `DIRECTORY name=number ...`."""
    pairs = (argument.split("=", 1) for argument in arguments[1:])
    return Options(Path(arguments[0]), {name: int(value) for name, value in pairs})


def read(output: str) -> Answer:
    """Read what `run` printed."""
    found = json.loads(output.rstrip().rsplit("\n", 1)[-1])
    return Answer(found["metrics"], found["settings"])


def age() -> float:
    """Return the seconds since `run.py` began to make this process (one clock for both)."""
    return time.perf_counter() - float(os.environ[BEGAN])


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least `share` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def spread(seconds: Sequence[float]) -> dict[str, float]:
    """Return the p50 and p99 of some times, in milliseconds."""
    return {
        "p50_ms": percentile(seconds, 0.5) * 1e3,
        "p99_ms": percentile(seconds, 0.99) * 1e3,
    }
