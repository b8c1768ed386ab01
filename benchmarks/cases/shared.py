"""One or two processes on one file, each with runs of its own, at the same time."""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

from benchmarks.cases import inside, subject
from benchmarks.harness.sample import Answer, Options, percentile, run

STEPS = 5


def measure(options: Options) -> Answer:
    """Start the processes, let them begin together, and take what they say; or be one of them."""
    if options.number("inside", 0):
        return _work(options)
    runs, count = options.number("runs", 1000), options.number("processes", 2)
    command = [sys.executable, __file__, str(options.directory), "inside=1", f"runs={runs}"]
    workers = [_start(command) for _ in range(count)]
    for worker in workers:
        _hear(worker)  # it is warm
    for worker in workers:
        _tell(worker)  # go
    said = [json.loads(_hear(worker)) for worker in workers]
    for worker in workers:
        _tell(worker)  # all are done: close
        assert worker.wait(timeout=60) == 0
    seconds = max(s["ended"] for s in said) - min(s["began"] for s in said)
    waits = [wait for s in said for wait in s["waits"]]
    return Answer(
        {
            "steps_per_second": count * runs * STEPS / seconds,
            "p99_ms": percentile(waits, 0.99) * 1e3,
            "longest_ms": max(waits) * 1e3,
        }
    )


def _start(command: list[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _hear(worker: subprocess.Popen[str]) -> str:
    line = _pipe(worker.stdout).readline()
    assert line, "a worker ended before its time"
    return line


def _tell(worker: subprocess.Popen[str]) -> None:
    pipe = _pipe(worker.stdin)
    pipe.write("\n")
    pipe.flush()


def _pipe(pipe: IO[str] | None) -> IO[str]:
    assert pipe is not None
    return pipe


def _work(options: Options) -> Answer:
    """Do the work of one process, and talk to the other side line by line."""
    waits = inside.CommitTimes().seconds
    with subject.opened(Path(options.directory)) as engine:
        subject.warm(engine)
        waits.clear()
        print("warm", flush=True)
        sys.stdin.readline()
        began = time.perf_counter()
        subject.finish(engine.start_many("chain", [{}] * options.number("runs", 1000)))
        ended = time.perf_counter()
        print(json.dumps({"began": began, "ended": ended, "waits": waits}), flush=True)
        sys.stdin.readline()
    return Answer({})


if __name__ == "__main__":
    run(measure)
