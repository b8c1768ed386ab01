"""No connection is carried across a fork.

What SQLite knows of its locks would go with it, and a connection that the child opens to the same
file would then take none: its commits are lost when the parent closes its own. Leaving what was
inherited alone does not help, as that knowledge is of the file, not of the connection. So every
store puts its connections away before a fork, and opens them again in the parent. Where that
cannot be, because the forking thread itself is writing, the child must not open that file.
"""

import os
import weakref
from ctypes import py_object, pythonapi
from pathlib import Path
from typing import Protocol

from perdure.errors import StoreLostError

PATIENCE_SECONDS = 5.0  # for what other threads are doing when one of them forks


class Forkable(Protocol):
    """Something that has connections to put away."""

    def rest(self) -> None:
        """Put them away; nobody else may use them until `wake`. It must not raise."""

    def wake(self) -> None:
        """Go on, in the parent."""

    def forsake(self) -> None:
        """Let go of everything, in the child."""


_members: "weakref.WeakSet[Forkable]" = weakref.WeakSet()
_tainted: set[tuple[int, int]] = set()


def join(member: Forkable) -> None:
    """Tell this one of every fork, for as long as it is there."""
    _members.add(member)


def check(path: Path) -> None:
    """Refuse a file of which this process has inherited connections. Raises StoreLostError."""
    if path.exists() and _identity(path) in _tainted:
        raise StoreLostError(
            f"this process was forked while its parent was writing to {path}, so it cannot use"
            " that store. Fork outside of transactions, or start processes by spawn."
        )


def taint(path: Path) -> None:
    """Refuse this file in this process from now on."""
    _tainted.add(_identity(path))


def never_close(thing: object) -> None:
    """Keep an object for ever, also while the interpreter ends: what would close it must not."""
    pythonapi.Py_IncRef(py_object(thing))


def _identity(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_dev, status.st_ino


def _before() -> None:
    for member in list(_members):
        member.rest()


def _in_parent() -> None:
    for member in list(_members):
        member.wake()


def _in_child() -> None:
    for member in list(_members):
        member.forsake()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before, after_in_parent=_in_parent, after_in_child=_in_child)
