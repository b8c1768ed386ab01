"""A process that shares a store's file with others: `python -m tests.app.sharer FILE NAME COUNT`."""

import sys
import threading

from pydantic import BaseModel

from perdure.app.engine import Engine
from perdure.authoring.registry import Registry
from perdure.authoring.steps.current import get_context
from perdure.authoring.steps.decorators import step, workflow
from perdure.authoring.steps.directives import complete, wait

THREADS = 4
PATIENCE = 60.0


def registry() -> Registry:
    """Return the workflow of these processes."""
    made = Registry()

    @workflow("asks", registry=made)
    class Asks:
        class Context(BaseModel):
            who: str
            answer: str = ""

        @step(start=True)
        def ask(self):
            return wait.for_signal("answer", then=self.note)

        @step
        def note(self):
            return complete(said=f"{get_context().who}: {get_context().answer}")

    return made


def converse(engine: Engine, name: str, count: int, heard: list[str]) -> None:
    """Start runs one after another, answer each, and note what it came to."""
    for n in range(count):
        run = engine.start("asks", who=f"{name}/{n}")
        engine.signal("answer", {"answer": "yes"}, run_id=run.id)
        heard.append(run.result(PATIENCE)["said"])


def from_threads(engine: Engine, name: str, count: int) -> list[str]:
    """Do so from several threads of one engine at a time; return all that was heard."""
    heard: list[str] = []
    threads = [
        threading.Thread(target=converse, args=(engine, f"{name}/{thread}", count, heard))
        for thread in range(THREADS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return heard


def wanted(name: str, count: int) -> list[str]:
    """Return what is to be heard then, in order."""
    return sorted(f"{name}/{thread}/{n}: yes" for thread in range(THREADS) for n in range(count))


def main() -> None:
    """Do so in a process, and say what was heard."""
    file, name, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    with Engine(file, registry=registry()) as engine:
        heard = from_threads(engine, name, count)
    if sorted(heard) != wanted(name, count):
        sys.exit(f"{name} heard {heard}")


if __name__ == "__main__":
    main()
