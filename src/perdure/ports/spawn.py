"""Processes for attempts: how they are made, spoken to, and ended."""

from typing import Protocol


class ChildEndedError(Exception):
    """The process has ended, or nothing can be said to it any more."""


class Child(Protocol):
    """A process of its own session, in which one attempt runs at a time. Frames are JSON texts."""

    def send(self, frame: str) -> None:
        """Send a frame. Raises ChildEndedError."""

    def receive(self, seconds: float) -> str | None:
        """Return the next frame; None if none came within so many seconds.

        Raises ChildEndedError once everything that was sent has been received.
        """

    def signal(self, number: int) -> None:
        """Send a signal to the process and all that it has started; nothing if they are gone."""

    def end(self) -> int:
        """Kill the process with all that it has started, and return its exit status.

        It is negative for a signal's number, also for one that came before.
        """


class Spawn(Protocol):
    """Makes processes."""

    def __call__(self) -> Child:
        """Return a new process that waits for its first attempt. Raises OSError."""
