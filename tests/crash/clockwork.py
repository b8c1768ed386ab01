"""A workflow whose schedule comes every second, in a process that is killed: it makes it, or goes on."""

import sys
import time

from perdure import Engine, complete, step, workflow
from tests.crash.patience import PATIENT


@workflow("second", default_retry=PATIENT)
class Second:
    @step(start=True)
    def tick(self):
        return complete()


if __name__ == "__main__":
    with Engine(sys.argv[1]) as engine:
        engine.schedules.create("seconds", Second, every=1, catch_up="all", overlap="allow")
        sys.stdout.write("there\n")
        sys.stdout.flush()
        time.sleep(float(sys.argv[2]))
        while engine.runs(live=True):
            time.sleep(0.01)
