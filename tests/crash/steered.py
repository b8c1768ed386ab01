"""Processes that kill themselves while runs are steered: `python -m tests.crash.steered FOLDER WHAT`.

`fail` and `cancel` have a hook die in its first attempt, after what it does; `delayed` starts runs
that are to begin later, and dies at once; `rest` works until every run has ended.
"""

import os
import signal
import sys
import time
from pathlib import Path

from pydantic import BaseModel

from perdure.app.engine import Engine
from perdure.authoring.registry import Registry
from perdure.authoring.steps.current import current_step, get_context
from perdure.authoring.steps.decorators import step, workflow
from perdure.authoring.steps.directives import complete, fail, goto, wait
from perdure.authoring.steps.hooks import get_failure

PATIENCE = 30.0
DELAYED = 20
DELAY = 1.5


class Steered:
    """A folder with a store, a journal of what hooks and steps did, and what is to happen."""

    def __init__(self, folder: Path, what: str = "rest") -> None:
        self.store = folder / "perdure.db"
        self.journal = folder / "journal"
        self.what = what

    def says(self, line: str) -> None:
        with self.journal.open("a") as file:
            file.write(f"{line}\n")

    def said(self) -> list[str]:
        return self.journal.read_text().split() if self.journal.exists() else []

    def dies(self) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def registry(self) -> Registry:
        registry = Registry()
        steered = self

        @workflow("hooked", registry=registry)
        class Hooked:
            class Context(BaseModel):
                breaks: bool
                undone: str = ""

            @step(start=True)
            def begin(self):
                return fail("no stock") if get_context().breaks else wait.for_signal("go")

            @step(on_fail=True)
            def undo(self):
                get_context().undone = get_failure().message
                steered.says(f"undo:{current_step().key}")
                if steered.what == "fail" and current_step().attempt == 1:
                    steered.dies()

            @step(on_cancel=True)
            def release(self):
                get_context().undone = "released"
                steered.says(f"release:{current_step().key}")
                if steered.what == "cancel" and current_step().attempt == 1:
                    steered.dies()

        @workflow("later", registry=registry)
        class Later:
            class Context(BaseModel):
                due: float

            @step(start=True)
            def begin(self):
                early = time.time() < get_context().due
                steered.says(f"{'early' if early else 'begun'}:{current_step().run_id}")
                return goto(self.end)

            @step
            def end(self):
                return complete()

        return registry


def main() -> None:
    """Have it happen, and work until nothing is live."""
    steered = Steered(Path(sys.argv[1]), sys.argv[2])
    with Engine(steered.store, registry=steered.registry()) as engine:
        if steered.what in ("fail", "cancel"):
            run = engine.start("hooked", breaks=steered.what == "fail")
        if steered.what == "cancel":
            while run.refresh().status != "waiting":
                time.sleep(0.002)
            engine.cancel(run.id)
        if steered.what == "delayed":
            for _ in range(DELAYED):
                engine.start("later", due=time.time() + DELAY, delay=DELAY)
            steered.dies()
        until = time.monotonic() + PATIENCE
        while engine.runs(live=True):
            if time.monotonic() > until:
                sys.exit("it never came to rest")
            time.sleep(0.005)


if __name__ == "__main__":
    main()
