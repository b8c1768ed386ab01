"""A clock that stands still until it is told to go on."""

START = 1_750_000_000.0
"""When virtual time begins, in seconds since 1970: some day in June 2025."""


class VirtualClock:
    """Time for tests: it passes by `advance` alone, so a sleep of a year takes no time."""

    def __init__(self, now: float = START) -> None:
        self._wall = now
        self._latest = now
        self._seconds = 0.0

    def now(self) -> float:
        """Return the seconds since 1970; never less than before, whatever the wall says."""
        self._latest = max(self._latest, self._wall)
        return self._latest

    @property
    def wall(self) -> float:
        """What the wall clock shows, which may have been set back."""
        return self._wall

    def monotonic(self) -> float:
        """Return the seconds that have passed since the clock was made."""
        return self._seconds

    def cpu(self) -> float:
        """Return 0: under virtual time nothing takes any."""
        return 0.0

    def advance(self, seconds: float) -> None:
        """Let time pass. Raises ValueError for less than nothing."""
        if seconds < 0:
            raise ValueError(f"time cannot pass by {seconds} seconds")
        self._wall += seconds
        self._seconds += seconds

    def jump(self, seconds: float) -> None:
        """Set the wall clock forward or back; no time passes."""
        self._wall += seconds
