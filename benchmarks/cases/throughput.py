"""Many runs of five steps, started at once; with `busy=1` beside a thread that only computes.

`switch_us=N` sets the interpreter's switch interval, which perdure's own processes have at 500.
"""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.cases import subject
from benchmarks.harness.process import usage
from benchmarks.harness.sample import Answer, Options, run
from perdure import Engine

STEPS = 5


@contextmanager
def busy() -> Iterator[None]:
    """Keep one thread of this process busy with Python code."""
    enough = threading.Event()

    def spin() -> None:
        while not enough.is_set():
            sum(range(1000))

    thread = threading.Thread(target=spin)
    thread.start()
    try:
        yield
    finally:
        enough.set()
        thread.join()


def measure(options: Options) -> Answer:
    """Start the runs and wait for all results."""
    if interval := options.number("switch_us", 0):
        sys.setswitchinterval(interval / 1e6)
    with subject.opened(options.directory) as engine:
        subject.warm(engine)
        if options.number("busy", 0):
            with busy():
                return Answer(_measured(engine, options.number("runs", 1000)))
        return Answer(_measured(engine, options.number("runs", 1000)))


def _measured(engine: Engine, runs: int) -> dict[str, float]:
    before = usage()
    subject.finish(engine.start_many("chain", [{} for _ in range(runs)]))
    used = usage().since(before)
    steps = runs * STEPS
    return {
        "steps_per_second": steps / used.seconds,
        "cpu_us_per_step": used.cpu_seconds / steps * 1e6,
        "bytes_per_step": used.bytes_written / steps,
    }


if __name__ == "__main__":
    run(measure)
