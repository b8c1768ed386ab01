"""What is asked of a store about runs that are over: which there are, and to forget them."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol


class Over(NamedTuple):
    """A run that has ended. `n` is its place in the order of births."""

    n: int
    run: str
    plan: str
    created_at: float
    ended_at: float


class Archive(Protocol):
    """The runs of a store that are over."""

    def over(self, after: int, most: int) -> list[Over]:
        """Return runs that have ended, by `n`, which is above `after`."""

    def forget(self, runs: Sequence[Over]) -> list[str]:
        """Delete runs with everything that is theirs, in one transaction; return which.

        One is left that has begun again since, or has messages, or whose parent lives: that may
        ask for its result. So is the one that was born last, whose place no other run may have.
        """
