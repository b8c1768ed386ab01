"""A parent with twenty children, for a process that is killed at work: it starts, or goes on."""

import sys
import time

from pydantic import BaseModel

from perdure import (
    Engine,
    children,
    complete,
    get_context,
    start_child,
    step,
    wait,
    workflow,
)
from tests.crash.patience import PATIENT

CHILDREN = 20


@workflow("one_of_many", default_retry=PATIENT)
class OneOfMany:
    class Context(BaseModel):
        n: int
        done: int = 0

    @step(start=True)
    def work(self):
        time.sleep(0.01)
        get_context().done += 1
        return complete()


@workflow("many", default_retry=PATIENT)
class Many:
    class Context(BaseModel):
        total: int = 0
        done: int = 0

    @step(start=True)
    def split(self):
        for n in range(CHILDREN):
            start_child(OneOfMany, n=n)
        return wait.for_children()

    @step()
    def collect(self):
        context = get_context()
        context.total = sum(child.result()["n"] for child in children())
        context.done = sum(child.result()["done"] for child in children())
        return complete()


if __name__ == "__main__":
    with Engine(sys.argv[1]) as engine:
        run = engine.start(Many, idempotency_key="the one")
        sys.stdout.write(f"{run.id}\n")
        sys.stdout.flush()
        run.wait(60)
