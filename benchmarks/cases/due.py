"""Timers that are all due at one moment: each fires once, none before its time."""

import time
from collections import Counter

from pydantic import BaseModel

from benchmarks.cases import subject
from benchmarks.harness.sample import Answer, Options, run
from perdure import complete, get_context, sleep, step, workflow

SLICE = 1000  # runs started by one call
LONGEST_START = 1000  # microseconds that starting one run may take, so that all sleep by then

woken: Counter[int] = Counter()
lateness: list[float] = []


@workflow("sleeper")
class Sleeper:
    """Sleep until a moment, then note when that was over."""

    class Context(BaseModel):
        """Which run it is, and until when it sleeps, in seconds since 1970."""

        number: int
        until: float

    @step(start=True)
    async def wait_for_it(self) -> object:
        """Sleep."""
        return sleep(get_context().until - time.time(), then=self.wake)

    @step()
    async def wake(self) -> object:
        """Note it, and end."""
        context = get_context()
        woken[context.number] += 1
        lateness.append(time.time() - context.until)
        return complete()


def measure(options: Options) -> Answer:
    """Have all sleep, and time from the moment that they are due until the last one has ended."""
    runs = options.number("runs", 20_000)
    longest = options.number("microseconds_to_start", LONGEST_START) / 1e6
    with subject.opened(options.directory) as engine:
        subject.warm(engine)
        until = time.time() + 2.0 + runs * longest
        started = []
        for begun in range(0, runs, SLICE):
            numbers = range(begun, min(begun + SLICE, runs))
            started += engine.start_many(
                "sleeper", [{"number": n, "until": until} for n in numbers]
            )
        slept_at = time.time()
        assert slept_at < until, "the last run was started after its time"
        subject.finish(started)
        seconds = time.time() - until
    assert len(woken) == runs
    late = sorted(lateness)
    return Answer(
        {
            "seconds": seconds,
            "fired_more_than_once": sum(times > 1 for times in woken.values()),
            "fired_early": sum(by < 0 for by in late),
            "median_late_seconds": late[len(late) // 2],
        }
    )


if __name__ == "__main__":
    run(measure)
