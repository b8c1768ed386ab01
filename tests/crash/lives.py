"""Processes of this folder's modules, for tests that kill them, or that have them kill themselves."""

import os
import signal
import subprocess
import sys
from itertools import count
from pathlib import Path

from tests.architecture.tree import ROOT


def begin(module: str, *words: object) -> "subprocess.Popen[str]":
    """Have a process run a module; what it says is read from its `stdout`."""
    return subprocess.Popen(
        [sys.executable, "-m", f"tests.crash.{module}", *map(str, words)],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def kill(process: "subprocess.Popen[str]") -> None:
    """Kill a process, and read what it has said."""
    process.kill()
    process.communicate()


def live(module: str, folder: Path, kill: int) -> tuple[int, str]:
    """Have a process work until it kills itself at this line of its journal, or ends.

    Return its exit code and what it has said.
    """
    words = map(str, (folder / "p.db", folder / "done", kill))
    done = subprocess.run(
        [sys.executable, "-m", f"tests.crash.{module}", *words],
        cwd=ROOT, check=False, timeout=120, capture_output=True, text=True,
    )  # fmt: skip
    return done.returncode, done.stdout


class Journal:
    """What a process has begun, a line for each; it kills itself at the line of this number.

    Lines are counted from the process's own start; at 0 it never does.
    """

    def __init__(self, path: str, kill: int) -> None:
        self._path = Path(path)
        self._kill = kill
        self._numbers = count(1)  # whose next is one thread's alone

    def note(self, what: object) -> None:
        """Write a line before it is done, and die here if this is the one."""
        number = next(self._numbers)
        with self._path.open("a") as file:
            file.write(f"{what}\n")
        if number == self._kill:
            os.kill(os.getpid(), signal.SIGKILL)
