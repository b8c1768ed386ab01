"""A process that forgets runs that are over, a few at a time, and is killed while it does.

`python -m tests.crash.forgetter STORE fill` has runs come to their ends, with labels and
keys; without `fill` it forgets all of them but the last.
"""

import sys
import time

from pydantic import BaseModel

from perdure import complete, goto, step
from perdure.app.engine import Engine
from perdure.authoring.registry import Registry
from perdure.authoring.steps.compiler import compile_class
from perdure.runtime import pruner

RUNS = 300


class Passing:
    class Context(BaseModel):
        n: int
        seen: int = 0

    @step(start=True)
    async def come(self):
        return goto(self.go)

    @step()
    async def go(self):
        return complete()


REGISTRY = Registry()
REGISTRY.add(compile_class(Passing, "passing"))


def main(path, what=""):
    pruner.SLICE = 3
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    with Engine(path, registry=REGISTRY, worker=bool(what)) as engine:
        if what == "fill":
            for n in range(RUNS):
                engine.start(
                    "passing", n=n, idempotency_key=f"k{n}", tags=["t"], attributes={"n": n}
                )
            while any(row.status != "completed" for row in engine.runs(limit=RUNS)):
                time.sleep(0.01)
        else:
            engine.prune(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
