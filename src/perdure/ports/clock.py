"""What time it is, as the runtime may know it."""

from typing import Protocol


class Clock(Protocol):
    """Seconds since 1970 (UTC), and seconds that only grow."""

    def now(self) -> float:
        """Return the seconds since 1970, UTC. Never less than what it returned before."""

    def monotonic(self) -> float:
        """Return seconds that grow evenly whatever happens to the wall clock."""
