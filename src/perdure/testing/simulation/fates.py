"""What may become of one write to the simulated store."""

from enum import Enum, auto


class Fate(Enum):
    """What becomes of one write."""

    DONE = auto()
    NOT_DONE_AND_DIES = auto()
    DONE_AND_DIES = auto()
    NOT_DONE_AND_UNKNOWN = auto()
    DONE_AND_UNKNOWN = auto()
    BUSY = auto()
    FULL = auto()

    @property
    def is_done(self) -> bool:
        """Whether the write takes place."""
        return self in (Fate.DONE, Fate.DONE_AND_DIES, Fate.DONE_AND_UNKNOWN)
