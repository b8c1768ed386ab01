"""A limited workflow for processes that are killed at work: `python -m tests.crash.limit_flows FOLDER`.

Each process starts runs, works on them, and dies by another's hand.
"""

import sys
import time
from pathlib import Path

from pydantic import BaseModel

from perdure import Engine, complete, goto, sleep, step, workflow
from perdure.authoring.registry import Registry
from tests.crash.patience import PATIENT

LIMIT = 3
STARTS = 40


REGISTRY = Registry()  # not that of the tests' own process


@workflow("call", max_live=LIMIT, registry=REGISTRY, default_retry=PATIENT)
class Call:
    class Context(BaseModel):
        number: int

    @step(start=True)
    def dial(self):
        return sleep(0.005, then=self.talk)

    @step
    def talk(self):
        return goto(self.hang_up)

    @step
    def hang_up(self):
        return complete()


if __name__ == "__main__":
    with Engine(Path(sys.argv[1]) / "perdure.db", registry=REGISTRY) as engine:
        sys.stdout.write("works\n")
        sys.stdout.flush()
        for number in range(STARTS):
            engine.start(Call, number=number)
            time.sleep(0.002)
        sys.stdout.write("has started all\n")
        sys.stdout.flush()
        time.sleep(600)
