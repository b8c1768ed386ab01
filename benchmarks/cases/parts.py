"""CPU per step by part: kernel, effects and JSON, SQL, invoke, queue, caller; what is left apart."""

import time

from benchmarks.cases import inside, subject
from benchmarks.harness.parts import Parts
from benchmarks.harness.sample import Answer, Options, run

STEPS = 5


def measure(options: Options) -> Answer:
    """Run the throughput case with timers around the parts."""
    runs = options.number("runs", 1000)
    parts = Parts()
    inside.watch(parts)
    with subject.opened(options.directory) as engine:
        subject.warm(engine)
        parts.clear()
        before = time.process_time()
        subject.finish(engine.start_many("chain", [{} for _ in range(runs)]))
        total = time.process_time() - before
    steps = runs * STEPS
    spent = {f"{name}_us": parts.seconds[name] / steps * 1e6 for name in inside.PARTS}
    total_us = total / steps * 1e6
    return Answer({**spent, "total_us": total_us, "rest_us": total_us - sum(spent.values())})


if __name__ == "__main__":
    run(measure)
