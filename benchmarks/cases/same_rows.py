"""The rows of the throughput case, written again by raw apsw in the same transactions."""

from benchmarks.cases import subject
from benchmarks.harness.recorder import Recording, replay
from benchmarks.harness.sample import Answer, Options, run

STEPS = 5


def measure(options: Options) -> Answer:
    """Record what the engine writes, close it, then write that raw and time it."""
    runs = options.number("runs", 1000)
    recording = Recording()
    with subject.opened(options.directory) as engine:
        subject.warm(engine)
        start = len(recording.transactions)
        subject.finish(engine.start_many("chain", [{} for _ in range(runs)]))
        end = len(recording.transactions)
    written = recording.transactions[:end]
    source, target = subject.store(options.directory), options.directory / "raw.db"
    seconds = replay(source, target, written, start)
    steps = runs * STEPS
    return Answer(
        {
            "raw_steps_per_second": steps / seconds,
            "rows_per_step": sum(map(len, written[start:])) / steps,
            "steps_per_transaction": steps / (end - start),
        }
    )


if __name__ == "__main__":
    run(measure)
