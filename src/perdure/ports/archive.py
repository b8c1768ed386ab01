"""What is asked of a store about what is over: runs, and the beginnings of long histories."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol


class Over(NamedTuple):
    """A run that has ended. `n` is its place in the order of births."""

    n: int
    run: str
    plan: str
    created_at: float
    ended_at: float


class Long(NamedTuple):
    """A live run with a long history. `n` is its place in the order of births."""

    n: int
    run: str


class Archive(Protocol):
    """What is over in a store."""

    def over(self, after: int, most: int) -> list[Over]:
        """Return runs that have ended, by `n`, which is above `after`."""

    def forget(self, runs: Sequence[Over]) -> list[str]:
        """Delete runs with everything that is theirs, in one transaction; return which.

        One is left that has begun again since, or has messages, or whose parent lives: that may
        ask for its result. So is the one that was born last, whose place no other run may have.
        """

    def long(self, after: int, keep: int, most: int) -> list[Long]:
        """Return live runs of code with more than `keep` messages, by `n`, which is above `after`.

        A graph is none of them: what its steps came to is needed until its end.
        """

    def cut(self, run: Long, keep: int, most: int) -> int:
        """Delete a live run's oldest messages, up to `most`, but none of its newest `keep`.

        With the visits and attempts that ended before what is left. Returns how many messages went:
        fewer than `most` if no more is to be deleted.
        """
