"""One run of many steps, one after another: each waits for the commit of the one before."""

from benchmarks.cases import subject
from benchmarks.harness.process import usage
from benchmarks.harness.sample import Answer, Options, run


def measure(options: Options) -> Answer:
    """Time the one run."""
    steps = options.number("steps", 1000)
    with subject.opened(options.directory) as engine:
        subject.warm(engine)
        before = usage()
        subject.finish([engine.start("loop", steps=steps)])
        used = usage().since(before)
    return Answer(
        {
            "steps_per_second": steps / used.seconds,
            "cpu_us_per_step": used.cpu_seconds / steps * 1e6,
        }
    )


if __name__ == "__main__":
    run(measure)
