"""Processes that write to one file take turns, so that none waits long and none starves.

Each transaction takes T, then W, lets go of T, and lets go of W after its commit: who holds T is
next. Both are `flock` on small files beside the store that nothing else opens. This is fairness,
never correctness: SQLite's own lock is taken under it, and serves alone where flock does not.
The kernel frees the locks of a process that dies.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from perdure.errors import StoreBusyError

fcntl: Any
try:
    import fcntl
except ImportError:  # Windows: SQLite's lock and its busy timeout serve alone
    fcntl = None


class Turnstile:
    """One process's place at the turnstile. Its threads take a mutex before they come here."""

    def __init__(self, path: Path) -> None:
        self._files: tuple[int, int] | None = None
        if fcntl is not None:
            self._files = (_open(path, "-turn"), _open(path, "-write"))

    def enter(self) -> None:
        """Wait for this process's turn to write."""
        if self._files is None:
            return
        turn, write = self._files
        try:
            fcntl.flock(turn, fcntl.LOCK_EX)
            try:
                fcntl.flock(write, fcntl.LOCK_EX)
            finally:
                fcntl.flock(turn, fcntl.LOCK_UN)
        except OSError:
            self.close()  # no flock on this file system: SQLite's lock serves alone

    def try_enter(self) -> None:
        """Take the turn if nobody has it or waits for it; else raise StoreBusyError at once."""
        if self._files is None:
            return
        turn, write = self._files
        try:
            fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
            try:
                fcntl.flock(write, fcntl.LOCK_EX | fcntl.LOCK_NB)
            finally:
                fcntl.flock(turn, fcntl.LOCK_UN)
        except BlockingIOError:
            raise StoreBusyError("another process writes to the store now") from None
        except OSError:
            self.close()

    def leave(self) -> None:
        """End this process's turn."""
        if self._files is not None:
            fcntl.flock(self._files[1], fcntl.LOCK_UN)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Have the turn within the block."""
        self.enter()
        try:
            yield
        finally:
            self.leave()

    def holder(self) -> int | None:
        """Return the pid of the process whose turn it is, where the system tells; for `doctor`."""
        if self._files is None:
            return None
        status = os.fstat(self._files[1])
        place = f"{os.major(status.st_dev):02x}:{os.minor(status.st_dev):02x}:{status.st_ino}"
        try:
            lines = Path("/proc/locks").read_text(encoding="ascii").splitlines()
        except OSError:
            return None
        held = (line.split() for line in lines if " FLOCK " in line and "->" not in line)
        return next((int(words[4]) for words in held if words[5] == place), None)

    def close(self) -> None:
        """Let go of both files."""
        files, self._files = self._files, None
        for file in files or ():
            os.close(file)


def _open(path: Path, suffix: str) -> int:
    return os.open(f"{path}{suffix}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
