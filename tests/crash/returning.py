"""Processes that go back, fork and tell many until they are killed: `python -m tests.crash.returning`.

`FOLDER rewind`, `fork`, and a batch (`cancel`, `pause` or `retry`) do so without an end, and say in
a journal what they ask for and what was answered; `FOLDER rest` works until every run rests.
"""

import sys
import time
from itertools import count
from pathlib import Path

from pydantic import BaseModel

from perdure import NonRetryable, current_step
from perdure.app.engine import Engine
from perdure.authoring.registry import Registry
from perdure.authoring.steps.current import get_context
from perdure.authoring.steps.decorators import step, workflow
from perdure.authoring.steps.directives import complete, goto, wait
from tests.crash.patience import PATIENT

PATIENCE = 60.0
BATCHES = {"cancel": "rests", "pause": "rests", "retry": "fails"}
"""What is told to many, and to the runs of which workflow."""


def registry() -> Registry:
    """Return the workflows of these processes."""
    made = Registry()

    @workflow("count", registry=made, default_retry=PATIENT)
    class Count:
        class Context(BaseModel):
            n: int = 0
            trail: list[str] = []

        @step(start=True)
        def first(self):
            get_context().trail.append("first")
            return goto(self.second)

        @step
        def second(self):
            get_context().trail.append("second")
            return complete()

    @workflow("rests", registry=made, default_retry=PATIENT)
    class Rests:
        @step(start=True)
        def ask(self):
            return wait.for_signal("go", then=self.end)

        @step
        def end(self):
            return complete()

    @workflow("fails", registry=made, default_retry=PATIENT)
    class Fails:
        @step(start=True)
        def try_it(self):
            if current_step().visit == 1:
                raise NonRetryable("not the first time")
            return complete()

    return made


def main() -> None:
    """Do what is asked for until somebody ends it, or all rests."""
    folder, what = Path(sys.argv[1]), sys.argv[2]
    with Engine(folder / "s.db", registry=registry()) as engine:
        if what == "rest":
            _rest(engine)
            return
        runs = [] if what in BATCHES else _completed(engine)
        with (folder / "journal").open("a", encoding="utf-8") as journal:
            for n in count(int(time.time() * 1000)):
                _ask(engine, what, runs[n % len(runs)] if runs else "-", n, journal)


def _completed(engine) -> list[str]:
    """Return the runs that have ended, once there is one: a killed process may leave none."""
    while not (found := engine.runs(workflow="count", status="completed")):
        time.sleep(0.01)
    return [run.id for run in found]


def _ask(engine, what, run, n, journal) -> None:
    print(f"{what} {run} {n} asked", file=journal, flush=True)
    if what == "rewind":
        engine.rewind(run, "first", visit=1, context={"n": n}, keep_keys=bool(n % 2))
    elif what == "fork":
        run = engine.fork(run, "second", context={"n": n}).id
    else:
        tell(engine, what, by="ann")
    print(f"{what} {run} {n} done", file=journal, flush=True)


def tell(engine, what, *, by):
    """Tell it to all runs of its workflow, and return what came of it."""
    return getattr(engine, f"{what}_many")(f"workflow={BATCHES[what]}", by=by, why="stocktaking")


def _rest(engine) -> None:
    until = time.monotonic() + PATIENCE
    while any(run.status != "waiting" for run in engine.runs(live=True, limit=1000)):
        if time.monotonic() > until:
            sys.exit("it never came to rest")
        time.sleep(0.01)


if __name__ == "__main__":
    main()
