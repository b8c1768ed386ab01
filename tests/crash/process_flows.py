"""Workflows whose steps run in processes of their own, to be imported by those processes too."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from pydantic import BaseModel

from perdure import Retry, complete, get_context, goto, heartbeat, step, workflow
from perdure.authoring.graphs.bodies import body_makers as _body_makers  # noqa: F401

ONCE = Retry(max_attempts=1, base_delay=0.0)


class Told(BaseModel):
    """What each of these workflows knows."""

    folder: str = "."
    how: str = ""
    pids: list[int] = []
    value: int = 0


def begun(name="begun"):
    """Say, in a file, that the step runs, and in which process."""
    ctx = get_context()
    path = Path(ctx.folder) / name
    path.with_suffix(".tmp").write_text(str(os.getpid()))
    path.with_suffix(".tmp").rename(path)


@workflow("crunch", default_retry=ONCE)
class Crunch:
    """Two steps in processes with one in a thread between them."""

    class Context(Told):
        pass

    @step(start=True, process=True)
    def first(self):
        ctx = get_context()
        ctx.pids.append(os.getpid())
        ctx.value += 1
        return goto(self.second)

    @step()
    def second(self):
        get_context().pids.append(os.getpid())
        return goto(self.third)

    @step(process=True)
    async def third(self):
        ctx = get_context()
        ctx.pids.append(os.getpid())
        ctx.value += 1
        return complete()


@workflow("die", default_retry=ONCE)
class Die:
    """Dies in the way that is asked for."""

    class Context(Told):
        pass

    @step(start=True, process=True)
    def only(self):
        how = get_context().how
        if how == "segfault":
            ctypes.string_at(0)
        elif how == "exit":
            os._exit(0)
        elif how == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        elif how == "once":
            mark = Path(get_context().folder) / "died"
            if not mark.exists():
                mark.touch()
                os._exit(9)
        elif how == "forked":
            if os.fork() == 0:
                time.sleep(60)
            os._exit(7)
        elif how == "raises":
            raise ValueError("as asked")
        return complete()


@workflow("linger", default_retry=ONCE)
class Linger:
    """Goes on for a minute, with a process that it has started, in the way that is asked for."""

    class Context(Told):
        pass

    @step(start=True, process=True, timeout=30)
    def only(self):
        how = get_context().how
        if how == "deaf":
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
        code = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
        grandchild = subprocess.Popen([sys.executable, "-c", code])
        (Path(get_context().folder) / "grandchild").write_text(str(grandchild.pid))
        begun()
        try:
            self.wait(how)
        finally:
            (Path(get_context().folder) / "cleaned").touch()
        return complete()

    def wait(self, how):
        if how == "held":  # C code that never lets go of the interpreter
            import re

            re.match(r"(a+)+$", "a" * 64 + "b")
        end = time.monotonic() + 60
        while time.monotonic() < end:
            time.sleep(0.02)
            if how == "beats":
                heartbeat(0.5, "halfway")


@workflow("hasty", default_retry=ONCE)
class Hasty:
    """Takes longer than it may."""

    class Context(Told):
        pass

    @step(start=True, process=True, timeout=4)
    def only(self):
        begun()
        time.sleep(60)
        return complete()
