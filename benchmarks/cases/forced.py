"""Forced writes per step, counted by strace around a whole process.

What opening and closing the store takes is counted in a process that starts no runs, and taken
off. strace stops the process at forced writes only, so batches stay about as large as without.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from benchmarks.cases import subject
from benchmarks.harness.sample import Answer, Options, run

CALLS = "fsync,fdatasync,sync_file_range,msync"


def measure(options: Options) -> Answer:
    """Count the forced writes of some runs, or be the process in which they are counted."""
    if options.number("inside", 0):
        return _work(options)
    runs, steps = options.number("runs", 1000), options.number("steps", 5)
    idle = _count(options.directory / "idle", 0, steps)
    forced = _count(options.directory / "work", runs, steps) - idle
    return Answer({"forced_per_step": forced / (runs * steps), "forced_idle": idle})


def _count(directory: Path, runs: int, steps: int) -> int:
    directory.mkdir()
    tracer = shutil.which("strace")
    if tracer is None:
        raise FileNotFoundError("this case needs strace. Install the system's package strace")
    trace = directory / "trace.txt"
    options = [tracer, "-f", "--seccomp-bpf", "-e", f"trace={CALLS}", "-e", "signal=none"]
    numbers = ["inside=1", f"runs={runs}", f"steps={steps}"]
    subprocess.run(
        [*options, "-o", str(trace), sys.executable, __file__, str(directory), *numbers],
        check=True,
        stdout=subprocess.DEVNULL,
        env=os.environ,
    )
    return sum("= 0" in line for line in trace.read_text(encoding="utf-8").splitlines())


def _work(options: Options) -> Answer:
    runs, steps = options.number("runs", 1000), options.number("steps", 5)
    with subject.opened(options.directory) as engine:
        subject.finish(engine.start_many("loop", [{"steps": steps} for _ in range(runs)]))
    return Answer({})


if __name__ == "__main__":
    run(measure)
