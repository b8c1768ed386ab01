"""Where executors leave their reports."""

from typing import Protocol

from perdure.ports.executor import Done


class Mailbox(Protocol):
    """Takes reports from any thread. The simulator drains its own in seeded order."""

    def put(self, done: Done) -> None:
        """Leave a report. Returns at once; never raises."""

    def idle(self) -> None:
        """Say that nothing else is ready, so that what was put may be committed here and now."""
