"""Ctrl-C and SIGTERM as something to ask about, not something that strikes in the midst.

A handler that raises would cut a commit in two, and one that sets a threading.Event may find its
lock held by the very thread it interrupted. So the signal writes a byte into a pipe.
"""

import os
import select
import signal
import threading
from types import FrameType
from typing import Self

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interrupts:
    """While this context is open, a first signal is noted; a second one ends the process at once.

    In any other thread than the main one nothing is caught.
    """

    def __init__(self) -> None:
        self.caught: signal.Signals | None = None
        self._read, self._write = -1, -1
        self._before: dict[signal.Signals, signal._HANDLER] = {}

    def __enter__(self) -> Self:
        """Begin to catch."""
        self._read, self._write = os.pipe()
        os.set_blocking(self._write, False)
        if threading.current_thread() is threading.main_thread():
            self._before = {each: signal.signal(each, self._catch) for each in SIGNALS}
        return self

    def __exit__(self, *_: object) -> None:
        """Give the signals back to who had them."""
        for each, handler in self._before.items():
            signal.signal(each, handler)
        os.close(self._read)
        os.close(self._write)

    def wait(self, seconds: float | None) -> bool:
        """Wait for a signal up to so many seconds, None for ever; return whether one came."""
        if self.caught is None:
            select.select([self._read], [], [], seconds)
        return self.caught is not None

    @property
    def exit_code(self) -> int:
        """What a process returns that was ended so: 130 for Ctrl-C, 143 for SIGTERM."""
        return 128 + (self.caught or signal.SIGINT)

    def _catch(self, number: int, _frame: FrameType | None) -> None:
        self.caught = signal.Signals(number)
        for each in SIGNALS:  # whoever asks twice means now: everything is durable
            signal.signal(each, signal.SIG_DFL)
        os.write(self._write, b"!")
