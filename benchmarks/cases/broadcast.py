"""A broadcast to runs that all wait: how long it holds the writer at a time, and takes in all."""

import time

from pydantic import BaseModel

from benchmarks.cases import inside, subject
from benchmarks.harness.sample import Answer, Options, run
from perdure import complete, step, wait, workflow

SLICE = 1000  # runs started by one call


@workflow("listener")
class Listener:
    """Wait for the broadcast, and end."""

    class Context(BaseModel):
        """What the broadcast brings."""

        said: int = 0

    @step(start=True)
    async def listen(self) -> object:
        """Wait."""
        return wait.for_signal("news")

    @step()
    async def heard(self) -> object:
        """End."""
        return complete()


def measure(options: Options) -> Answer:
    """Have all wait, tell them, and time each slice until the last run has ended."""
    runs = options.number("runs", 10_000)
    slices = inside.SliceTimes()
    with subject.opened(options.directory) as engine:
        subject.warm(engine)
        started = []
        for begun in range(0, runs, SLICE):
            started += engine.start_many("listener", [{}] * min(SLICE, runs - begun))
        while not all(one.refresh().status == "waiting" for one in started[-SLICE:]):
            time.sleep(0.01)
        began = time.perf_counter()
        answer = engine.signal("news", {"said": 1}, workflow="listener")
        told = time.perf_counter()
        subject.finish(started)
        seconds = time.perf_counter() - began
    return Answer(
        {
            "seconds": seconds,
            "until_told_seconds": told - began,
            "longest_slice_seconds": max(slices.seconds),
            "not_reached": runs - len(answer),
        }
    )


if __name__ == "__main__":
    run(measure)
