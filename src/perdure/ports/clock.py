"""What time it is, as the runtime may know it."""

from typing import Protocol


class Clock(Protocol):
    """Seconds since 1970 (UTC), seconds that only grow, and those that the processor has worked."""

    def now(self) -> float:
        """Return the seconds since 1970, UTC. Never less than what it returned before."""

    def monotonic(self) -> float:
        """Return seconds that grow evenly whatever happens to the wall clock."""

    def cpu(self) -> float:
        """Return the seconds for which the processor has worked in this thread."""
