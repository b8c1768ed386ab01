"""Runs of parallel steps and a join, one run after another: from start to result."""

import statistics
import time

from benchmarks.cases import inside, subject
from benchmarks.harness.process import usage
from benchmarks.harness.sample import Answer, Options, run
from perdure import Engine
from perdure.authoring.registry import Workflow


def measure(options: Options) -> Answer:
    """Time each run by itself; the first one, whose plan is new to the store, apart."""
    width, times = options.number("width", 500), options.number("times", 5)
    lane = "thread" if options.number("threads", 0) else "async"
    with subject.opened(options.directory) as engine:
        subject.warm(engine)
        workflow = inside.wide(engine, width, lane)
        first, *_ = _times(engine, workflow, 1)
        before = usage()
        seconds = _times(engine, workflow, times)
        used = usage().since(before)
    steps = times * (width + 1)
    return Answer(
        {
            "first_seconds": first,
            "seconds": statistics.median(seconds),
            "us_per_step": sum(seconds) / steps * 1e6,
            "cpu_us_per_step": used.cpu_seconds / steps * 1e6,
            "bytes_per_step": used.bytes_written / steps,
        }
    )


def _times(engine: Engine, workflow: Workflow, times: int) -> list[float]:
    seconds = []
    for _ in range(times):
        began = time.perf_counter()
        engine.start(workflow).result(timeout=subject.PATIENCE)
        seconds.append(time.perf_counter() - began)
    return seconds


if __name__ == "__main__":
    run(measure)
