"""One-step runs, one after another: from the call of start to the result in hand."""

import time

from benchmarks.cases import subject
from benchmarks.harness.sample import Answer, Options, run, spread


def measure(options: Options) -> Answer:
    """Time each run by itself."""
    times = []
    with subject.opened(options.directory) as engine:
        subject.warm(engine)
        for _ in range(options.number("runs", 1000)):
            began = time.perf_counter()
            engine.start("single").result(timeout=subject.PATIENCE)
            times.append(time.perf_counter() - began)
    return Answer(spread(times))


if __name__ == "__main__":
    run(measure)
