"""Runs started and parked on a signal, then all woken by one broadcast and completed."""

import time

from benchmarks.cases import subject
from benchmarks.harness.sample import Answer, Options, run


def measure(options: Options) -> Answer:
    """Time both halves: until every run waits, and from the signal until every run is done."""
    runs = options.number("runs", 10_000)
    with subject.opened(options.directory) as engine:
        subject.warm(engine)
        began = time.perf_counter()
        started = engine.start_many("parked", [{} for _ in range(runs)])
        subject.until_parked(options.directory, runs)
        parked = time.perf_counter()
        engine.signal("go", {"answer": "yes"})
        subject.finish(started)
        done = time.perf_counter()
    scale = 10_000 / runs
    return Answer(
        {
            "park_seconds_10k": (parked - began) * scale,
            "wake_seconds_10k": (done - parked) * scale,
        }
    )


if __name__ == "__main__":
    run(measure)
