"""What a step costs in a long run and in short ones: CPU, rows changed, bytes written."""

from benchmarks.cases import inside, subject
from benchmarks.harness.process import usage
from benchmarks.harness.sample import Answer, Options, run

LAST = 200  # steps at the end of a run that are looked at by themselves


def measure(options: Options) -> Answer:
    """Run some runs of so many steps, one after another."""
    runs, steps = options.number("runs", 1), options.number("steps", 20_000)
    with subject.opened(options.directory) as engine:
        subject.warm(engine)
        before, rows = usage(), inside.rows_changed()
        for _ in range(runs):
            subject.finish([engine.start("loop", steps=steps, last=LAST)])
        after = usage()
        used, rows = after.since(before), inside.rows_changed() - rows
    done = runs * steps
    last = after.cpu_seconds - subject.moments[-1][1] if subject.moments else 0.0
    return Answer(
        {
            "cpu_us": used.cpu_seconds / done * 1e6,
            "rows": rows / done,
            "bytes": used.bytes_written / done,
            "last_cpu_us": last / LAST * 1e6,
        }
    )


if __name__ == "__main__":
    run(measure)
