"""Processes that kill themselves in the midst of an effect: `python -m tests.crash.till FOLDER WINDOW`.

The step dies by SIGKILL in its first attempt, at the window that is named; `none` lets it live.
What it has done is in a file beside the store, one line an effect.
"""

import os
import signal
import sqlite3
import sys
import time
from pathlib import Path

from pydantic import BaseModel

from perdure.app.engine import Engine
from perdure.authoring.registry import Registry
from perdure.authoring.steps.current import current_step, get_context, idempotency_key
from perdure.authoring.steps.decorators import step, workflow
from perdure.authoring.steps.directives import complete, goto
from perdure.authoring.steps.outcomes import outcome
from perdure.authoring.steps.transactional import connection

PATIENCE = 30.0


class Till:
    """A folder with a store and what the steps have done, and where a process is to die."""

    def __init__(self, folder: Path, window: str = "none") -> None:
        self.folder = folder
        self.window = window
        self.store = folder / "perdure.db"
        self.charges = folder / "charges"
        self.application = folder / "app.db"

    def dies(self, window: str) -> None:
        """Die here, if this is the place and the attempt is the first."""
        if window == self.window and current_step().attempt == 1:
            os.kill(os.getpid(), signal.SIGKILL)

    def charge(self, key: str) -> None:
        """Do something that no crash undoes: only the process dies, not the machine."""
        with self.charges.open("a") as file:
            file.write(f"{key}\n")

    def charged(self) -> list[str]:
        return self.charges.read_text().split() if self.charges.exists() else []

    def registry(self) -> Registry:
        registry = Registry()
        declare_once(self, registry)
        declare_transactional(self, registry)
        return registry


def declare_once(till: Till, registry: Registry) -> None:
    """Put workflows into a registry that charge at most once: one can be asked, one cannot."""

    def verify(key, context):
        if key not in till.charged():
            return outcome.not_done()
        context.charge = key
        return goto("ship")

    for name, options in {"asked": {"verify": verify}, "silent": {}}.items():

        @workflow(name, registry=registry)
        class Charge:
            class Context(BaseModel):
                charge: str = ""
                by_hand: bool = False

            @step(start=True, at_most_once=True, **options)
            def pay(self):
                till.dies("before the effect")
                till.charge(idempotency_key())
                get_context().charge = idempotency_key()
                till.dies("after the effect")
                return goto(self.ship)

            @step
            def ship(self):
                return complete(shipped=True)


def declare_transactional(till: Till, registry: Registry) -> None:
    """Put a workflow into a registry that writes to the application's database."""

    class Connection(sqlite3.Connection):
        wrote = False

        def commit(self):
            super().commit()
            if self.wrote and till.window == "after the application's commit":
                os.kill(os.getpid(), signal.SIGKILL)  # the body has run: it is the first attempt

    def connect():
        made = sqlite3.connect(till.application, factory=Connection)
        made.execute("CREATE TABLE IF NOT EXISTS orders (run TEXT)")
        return made

    @workflow("order", registry=registry)
    class Order:
        class Context(BaseModel):
            number: int = 0

        @step(start=True, transactional=connect)
        def order(self):
            till.dies("before the body")
            connection().wrote = True
            made = connection().execute("INSERT INTO orders VALUES (?)", [current_step().run_id])
            get_context().number = made.lastrowid
            till.dies("between the write and the commit")
            return goto(self.ship)

        @step
        def ship(self):
            return complete(shipped=True)


def main() -> None:
    """Start a run of each workflow unless there is one, and work until all rest."""
    till = Till(Path(sys.argv[1]), sys.argv[2])
    with Engine(till.store, registry=till.registry()) as engine:
        for name in sys.argv[3:]:
            engine.start(name, idempotency_key=name)
        until = time.monotonic() + PATIENCE
        while any(run.status == "running" for run in engine.runs(live=True)):
            if time.monotonic() > until:
                sys.exit("it never came to rest")
            time.sleep(0.005)


if __name__ == "__main__":
    main()
