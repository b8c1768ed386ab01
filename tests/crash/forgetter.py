"""A process that forgets runs that are over, a few at a time, and is killed while it does.

`python -m tests.crash.forgetter STORE fill` has runs come to their ends, with labels and
keys; without `fill` it forgets all of them but the last. With `poll` a run goes round and round, and
how it began is forgotten a few messages at a time.
"""

import sys
import time

from pydantic import BaseModel

from perdure import complete, get_context, goto, step
from perdure.app.engine import Engine
from perdure.authoring.registry import Registry
from perdure.authoring.steps.compiler import compile_class
from perdure.runtime import pruner
from tests.crash.patience import PATIENT

RUNS = 300
KEPT = 40


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


class Polling:
    class Context(BaseModel):
        seen: int = 0

    @step(start=True, retry=PATIENT)
    async def poll(self):
        get_context().seen += 1
        return goto(self.poll)


REGISTRY = Registry()
REGISTRY.add(compile_class(Passing, "passing"))
REGISTRY.add(compile_class(Polling, "polling"))


def main(path, what=""):
    pruner.SLICE = 3
    if what == "poll":
        pruner.KEPT, pruner.CUT = KEPT, 3
        pruner.FIRST_SECONDS = pruner.LOOK_SECONDS = pruner.SOON_SECONDS = 0.01
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
        elif what == "poll":
            engine.start("polling", idempotency_key="polling")
            time.sleep(60)
        else:
            engine.prune(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
