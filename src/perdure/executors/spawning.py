"""Makes child processes: each a new Python in a session of its own, never a fork of this one.

A child is given one end of a socket, and of a pipe that nothing is ever written to: when this
process is gone, however it ended, the kernel kills the child's whole process group (on Linux; on
other systems the child sees the line's end, and does so itself).
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import weakref
from collections.abc import Mapping, Sequence
from typing import IO

from perdure.executors.links import Link
from perdure.ports.spawn import ChildEndedError


class SpawnedChild:
    """A child process, by its link."""

    def __init__(self, process: "subprocess.Popen[bytes]", link: Link, life: int) -> None:
        self._process = process
        self._link = link
        self._life = life
        _all.add(self)

    @property
    def pid(self) -> int:
        """The process's number; its group has the same."""
        return self._process.pid

    def send(self, frame: str) -> None:
        """Send a frame."""
        self._link.send(frame)

    def receive(self, seconds: float) -> str | None:
        """Return the next frame; None if none came in time.

        What the child has started may hold the line open after its death, so that is looked at,
        too.
        """
        frame = self._link.receive(seconds)
        if frame is None and self._process.poll() is not None:
            frame = self._link.receive(0.0)  # what it had sent before
            if frame is None:
                raise ChildEndedError("the process has ended")
        return frame

    def signal(self, number: int) -> None:
        """Send a signal to the process group. It stays ours until the process is reaped."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)

    def end(self) -> int:
        """Kill the process group and reap the process."""
        self.signal(signal.SIGKILL)
        status = self._process.wait()
        self.let_go()
        return status

    def let_go(self) -> None:
        """Close our ends of what joins us."""
        self._link.close()
        if self._life >= 0:
            os.close(self._life)
            self._life = -1


_all: "weakref.WeakSet[SpawnedChild]" = weakref.WeakSet()


def _let_go_in_fork() -> None:
    """Leave the children to the process that started them: their lives hang on its ends alone."""
    for child in list(_all):
        child.let_go()
    _all.clear()


os.register_at_fork(after_in_child=_let_go_in_fork)


class Spawner:
    """Starts children by a command, to which two descriptors are added.

    `environ` is laid over this process's own.
    """

    def __init__(self, command: Sequence[str], environ: Mapping[str, str]) -> None:
        self._command = tuple(command)
        self._environ = dict(environ)

    def __call__(self) -> SpawnedChild:
        """Start a child. It does not wait for it to be up. Raises OSError."""
        ours, theirs = socket.socketpair()
        watched, life = os.pipe()
        try:
            process = subprocess.Popen(  # noqa: S603 - our own module, by this very Python
                [sys.executable, *self._command, str(theirs.fileno()), str(watched)],
                stdin=subprocess.DEVNULL,
                stdout=_descriptor(sys.stdout),
                stderr=_descriptor(sys.stderr),
                pass_fds=(theirs.fileno(), watched),
                start_new_session=True,
                env={**os.environ, **self._environ},
            )
        except BaseException:
            ours.close()
            os.close(life)
            raise
        finally:
            theirs.close()
            os.close(watched)
        return SpawnedChild(process, Link(ours), life)


def _descriptor(stream: IO[str] | None) -> int | None:
    """Return where a stream of this process goes, so that a child's words go there, too."""
    try:
        return stream.fileno() if stream is not None else None
    except (OSError, ValueError):  # it was replaced by something in memory
        return None
