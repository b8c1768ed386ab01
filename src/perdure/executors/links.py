"""One end of the line between a process and its child: JSON texts over a socket, nothing else."""

import select
import socket
import struct
import threading

from perdure.ports.spawn import ChildEndedError

_LENGTH = struct.Struct(">I")
_PIECE = 1 << 16


class Link:
    """Sends and receives frames. One thread receives; any may send."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._sending = threading.Lock()
        self._poll = select.poll()
        self._poll.register(line, select.POLLIN)
        self._came = bytearray()

    def send(self, frame: str) -> None:
        """Send a frame. Raises ChildEndedError where nobody is at the other end."""
        body = frame.encode()
        with self._sending:
            try:
                self._line.sendall(_LENGTH.pack(len(body)) + body)
            except OSError as error:
                raise ChildEndedError(str(error)) from error

    def receive(self, seconds: float | None = None) -> str | None:
        """Return the next frame; None if nothing came within so many seconds.

        Raises ChildEndedError at the end of the line.
        """
        while (frame := self._whole()) is None:
            if not self._poll.poll(None if seconds is None else seconds * 1000):
                return None
            try:
                piece = self._line.recv(_PIECE)
            except OSError as error:
                raise ChildEndedError(str(error)) from error
            if not piece:
                raise ChildEndedError("the line has ended")
            self._came += piece
        return frame

    def _whole(self) -> str | None:
        """Take a frame that has come whole."""
        came = self._came
        if len(came) < _LENGTH.size:
            return None
        (length,) = _LENGTH.unpack_from(came)
        end = _LENGTH.size + length
        if len(came) < end:
            return None
        frame = came[_LENGTH.size : end].decode()
        del came[:end]
        return frame

    def close(self) -> None:
        """Close this end."""
        self._line.close()
