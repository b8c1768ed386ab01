"""A process that tells many waiting runs the same thing, and is killed while it does.

`python -m tests.crash.crier STORE wait` starts the runs; without `wait` it sends the broadcast,
under one idempotency key in all its lives, and stays until every run has ended.
"""

import sys
import time

from pydantic import BaseModel

from perdure import complete, step, wait
from perdure.app.engine import Engine
from perdure.authoring.registry import Registry
from perdure.authoring.steps.compiler import compile_class
from perdure.runtime import herald
from tests.crash.patience import PATIENT

RUNS = 400


class Listener:
    class Context(BaseModel):
        said: list[int] = []

    @step(start=True, retry=PATIENT)
    async def ask(self):
        return wait.for_signal("go")

    @step(retry=PATIENT)
    async def heard(self):
        return complete()


REGISTRY = Registry()
REGISTRY.add(compile_class(Listener, "listener"))


def standing(engine, status):
    return sum(row.status == status for row in engine.runs(limit=RUNS))


def main(path, what=""):
    herald.SLICE = 7
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    with Engine(path, registry=REGISTRY, worker=True) as engine:
        if what == "wait":
            engine.start_many("listener", [{}] * RUNS)
        else:
            engine.signal("go", {"said": [1]}, idempotency_key="once")
        while standing(engine, "waiting" if what else "completed") < RUNS:
            time.sleep(0.01)


if __name__ == "__main__":
    main(*sys.argv[1:])
