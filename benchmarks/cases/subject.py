"""What is measured: the workflows of the cases, and how perdure is asked to run them.

Steps are `async def` and do next to nothing, so that what is left is the engine.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import apsw
from pydantic import BaseModel

from perdure import Engine, complete, get_context, goto, step, wait, workflow
from perdure.app.views import Run

PATIENCE = 300.0  # seconds that a case waits for a run before it gives up
moments: list[tuple[int, float]] = []  # what `Loop` notes: a step's number, CPU seconds so far


class Arrived:
    """How many runs of `Parked` asked to wait so far."""

    count = 0


@workflow("chain")
class Chain:
    """Five steps in a row."""

    class Context(BaseModel):
        """How many steps were done."""

        number: int = 0

    @step(start=True)
    async def one(self) -> object:
        """Count, and go on."""
        get_context().number += 1
        return goto(self.two)

    @step()
    async def two(self) -> object:
        """Count, and go on."""
        get_context().number += 1
        return goto(self.three)

    @step()
    async def three(self) -> object:
        """Count, and go on."""
        get_context().number += 1
        return goto(self.four)

    @step()
    async def four(self) -> object:
        """Count, and go on."""
        get_context().number += 1
        return goto(self.five)

    @step()
    async def five(self) -> object:
        """Count, and end."""
        get_context().number += 1
        return complete()


@workflow("single")
class Single:
    """One step."""

    class Context(BaseModel):
        """How many steps were done."""

        number: int = 0

    @step(start=True)
    async def only(self) -> object:
        """Count, and end."""
        get_context().number += 1
        return complete()


@workflow("loop")
class Loop:
    """One step that is entered again until it was done so many times."""

    class Context(BaseModel):
        """How many steps were done, how many shall be, and how many from the end to note CPU."""

        number: int = 0
        steps: int
        last: int = 0

    @step(start=True)
    async def again(self) -> object:
        """Count, and come again or end."""
        context = get_context()
        context.number += 1
        if context.steps - context.number == context.last:
            moments.append((context.number, time.process_time()))
        return goto(self.again) if context.number < context.steps else complete()


@workflow("parked")
class Parked:
    """Wait for a signal, then end."""

    class Context(BaseModel):
        """What the signal brought."""

        answer: str = ""

    @step(start=True)
    async def ask(self) -> object:
        """Wait."""
        Arrived.count += 1
        return wait.for_signal("go")

    @step()
    async def told(self) -> object:
        """End."""
        assert get_context().answer == "yes"
        return complete()


@contextmanager
def opened(directory: Path) -> Iterator[Engine]:
    """Open an engine on the store of a directory, which may be new, and close it at the end."""
    engine = Engine(str(store(directory)))
    try:
        yield engine
    finally:
        engine.close()


def store(directory: Path) -> Path:
    """Name the file in which the store of a directory is."""
    return directory / "store.db"


def finish(runs: Sequence[Run]) -> None:
    """Wait until all runs have completed; one that failed raises here."""
    for run in runs:
        run.result(timeout=PATIENCE)


def warm(engine: Engine) -> None:
    """Run a little of each colour, so that imports and first connections are not measured."""
    finish(engine.start_many("chain", [{} for _ in range(20)]))


def until_parked(directory: Path, runs: int) -> None:
    """Wait until so many runs of `Parked` stand at their wait, as committed in the store."""
    until(lambda: Arrived.count >= runs)  # costs next to nothing while the engine is at work
    until(lambda: parked(directory) >= runs)


def parked(directory: Path) -> int:
    """Count the waits for a signal that are committed in a store."""
    with closing(apsw.Connection(str(store(directory)), apsw.SQLITE_OPEN_READONLY)) as connection:
        return int(connection.execute("SELECT count(*) FROM waits WHERE kind = 'signal'").get)


def until(reached: Callable[[], bool]) -> None:
    """Look every two milliseconds until something is so."""
    deadline = time.perf_counter() + PATIENCE
    while not reached():
        if time.perf_counter() > deadline:
            raise TimeoutError(f"not reached in {PATIENCE:.0f} s")
        time.sleep(0.002)
