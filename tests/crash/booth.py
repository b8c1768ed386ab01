"""A process that kills itself about an application's commit: `python -m tests.crash.booth FOLDER WINDOW`.

It sells a ticket: a row in the application's database, a start and two signals in its transaction.
"""

import os
import signal
import sqlite3
import sys
import time
from pathlib import Path

from pydantic import BaseModel

from perdure.app.engine import Engine
from perdure.app.outbox import Outbox
from perdure.authoring.registry import Registry
from perdure.authoring.steps.current import current_step, get_context
from perdure.authoring.steps.decorators import step, workflow
from perdure.authoring.steps.directives import complete, goto, wait
from perdure.outboxes.dbapi import DbApiOutbox

PATIENCE = 30.0
WINDOWS = (
    "in the transaction",
    "after the commit",
    "before the store's commit",
    "after the store's commit",
    "after it was deleted",
)


def die():
    os.kill(os.getpid(), signal.SIGKILL)


class Booth:
    """A folder with a store, an application's database, and the engine over both."""

    def __init__(self, folder: Path, window: str = "none") -> None:
        self.folder = folder
        self.window = window
        self.registry = Registry()
        self.outbox = Outbox(self.connect, registry=self.registry)
        declare(self)

    def connect(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.folder / "app.db")
        db.execute("CREATE TABLE IF NOT EXISTS sold (seat TEXT)")
        return db

    def engine(self) -> Engine:
        return Engine(self.folder / "perdure.db", registry=self.registry)

    def printed(self) -> list[str]:
        prints = self.folder / "printed"
        return prints.read_text().split() if prints.exists() else []

    def sell(self, engine: Engine) -> None:
        """Sell a ticket, and tell everyone and the run itself that it is paid."""
        waiting = engine.start("listening", idempotency_key="listens")
        while engine.view(waiting.id).waiting_signal is None:
            time.sleep(0.005)
        db = self.connect()
        db.execute("INSERT INTO sold VALUES ('A1')")
        tx = self.outbox.on(db)
        ticket = engine.start("ticket", seat="A1", transaction=tx)
        engine.signal("paid", {"sum": 7}, run_id=ticket.id, transaction=tx)
        engine.signal("sold", {"seat": "A1"}, transaction=tx)
        if self.window == "in the transaction":
            die()
        if self.window == "before the store's commit":
            engine.process.bundles.write = lambda _bundle: die()
        if self.window == "after the store's commit":
            engine.process.bundles.take_up = lambda *_: die()
        if self.window == "after it was deleted":
            forget = DbApiOutbox.forget
            DbApiOutbox.forget = lambda table, ids: (forget(table, ids), die())
        db.commit()
        if self.window == "after the commit":
            die()


def declare(booth: Booth) -> None:
    """Put a workflow into the registry that is paid for, and one that hears what is sold, twice."""

    @workflow("ticket", registry=booth.registry)
    class Ticket:
        class Context(BaseModel):
            seat: str
            sum: int = 0

        @step(start=True)
        def ask(self):
            return wait.for_signal("paid", then="print_it")

        @step
        def print_it(self):
            with (booth.folder / "printed").open("a") as file:
                file.write(f"{get_context().seat}\n")
            return complete(run=current_step().run_id)

    @workflow("listening", registry=booth.registry)
    class Listening:
        class Context(BaseModel):
            seat: str = ""
            heard: int = 0

        @step(start=True)
        def listen(self):
            return wait.for_signal("sold", then="count")

        @step
        def count(self):
            get_context().heard += 1
            return goto(self.listen)


def main() -> None:
    """Sell a ticket where a window is named, and work until the outbox is empty and all rest."""
    booth = Booth(Path(sys.argv[1]), sys.argv[2])
    with booth.engine() as engine:
        if booth.window != "none":
            booth.sell(engine)
        until = time.monotonic() + PATIENCE
        while booth.outbox._table.read("", 1) or any(
            run.status in ("pending", "running") for run in engine.runs(live=True)
        ):
            if time.monotonic() > until:
                sys.exit("it never came to rest")
            time.sleep(0.005)


if __name__ == "__main__":
    main()
