"""A limited queue for processes that are killed at work: `python -m tests.crash.queue_flows FOLDER`.

Each step takes one of as many locked files as its queue may have attempts under way. The locks end
with their process, so one that finds none free has seen the limit exceeded.
"""

import fcntl
import os
import sys
import time
from pathlib import Path

from pydantic import BaseModel

from perdure import Engine, complete, step, workflow
from tests.crash.patience import PATIENT

LIMIT = 3
FOLDER = Path(sys.argv[1]) if len(sys.argv) > 1 else Path()


@workflow("letter", queue="mail", default_retry=PATIENT)
class Letter:
    class Context(BaseModel):
        number: int

    @step(start=True)
    def send(self):
        slot = _take_slot()
        _say("taken" if slot is not None else "exceeded")
        time.sleep(0.01)
        if slot is not None:
            os.close(slot)
        return complete()


def _take_slot() -> int | None:
    for n in range(LIMIT):
        file = os.open(FOLDER / f"slot{n}", os.O_RDWR | os.O_CREAT)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
        else:
            return file
    return None


def _say(word: str) -> None:
    with (FOLDER / "said").open("a") as file:
        file.write(f"{word} {os.getpid()}\n")


if __name__ == "__main__":
    with Engine(FOLDER / "perdure.db"):
        sys.stdout.write("works\n")
        sys.stdout.flush()
        time.sleep(600)
