"""Forks processes that work until they are killed: `python -m tests.crash.zygote STORE JOURNAL`.

It has imported everything, so a new life costs a fork and not a start of Python. It reads from
its standard input: `go` forks and answers with a pid, `reap PID` waits for that one's end and
answers with the number of the signal that ended it. It opens no store itself.
"""

import os
import sys
import threading

from perdure.app.engine import Engine
from perdure.stores import sqlite as _sqlite  # noqa: F401 - imported here once, for all lives
from tests.crash.flows import Journal, registry

LIVE = 40
"""So many runs are kept going: each life starts what is missing."""


def live(store: str, path: str, *, starts: bool) -> None:
    """Work on the store until somebody kills this process."""
    journal = Journal(path)
    engine = Engine(store, registry=registry(journal))
    if starts:
        missing = LIVE - len(engine.runs(live=True, limit=LIVE))
        if missing > 0:
            for name in ("chain", "web"):
                for run in engine.start_many(name, [{}] * (missing // 2 + 1)):
                    journal.say("started", run.id)
    threading.Event().wait()


def main() -> None:
    """Read commands until the input ends."""
    store, path = sys.argv[1:]
    for line in sys.stdin:
        command, *words = line.split()
        if command == "reap":
            _, status = os.waitpid(int(words[0]), 0)
            _answer(os.WTERMSIG(status))
            continue
        pid = os.fork()
        if pid == 0:
            try:
                live(store, path, starts=command == "go")
            finally:
                os._exit(1)  # an error's traceback is on standard error by now
        _answer(pid)


def _answer(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
