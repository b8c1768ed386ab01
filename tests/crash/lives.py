"""Processes of this folder's modules, for tests that kill them."""

import subprocess
import sys

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
