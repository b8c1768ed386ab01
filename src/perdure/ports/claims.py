"""What a worker asks for, what it gets, and in which order jobs wait."""

from typing import NamedTuple

PRIORITY_SECONDS = 60.0
"""What one level of priority is worth: a job of a level more may have waited so much less."""


def rank(due: float, priority: int) -> float:
    """Return a job's place among those that wait; the least comes first, so that age tells."""
    return due - PRIORITY_SECONDS * priority


class Claim(NamedTuple):
    """Ask for up to `most` due jobs of these hosts on these queues (None is all), by their rank.

    No more of a queue are given than its limits allow, counted in the same transaction: attempts
    under way are its claimed jobs, whoever has claimed them. Within a queue the fair keys take
    turns, those with the fewest attempts under way first. A paused run's jobs are left, but for
    those of one that is being cancelled. Nothing is claimed where another live process has
    announced a revision above number `seen`: whoever claims does not know of it, and may host an
    older one.
    """

    owner: int
    most: int
    hosts: tuple[str, ...]
    queues: tuple[str, ...] | None = None
    seen: int = 0


class Claimed(NamedTuple):
    """A job that is claimed now, with what its attempt needs to begin."""

    run: str
    step: str
    visit: int
    attempt: int
    token: int
    payload: str | None
    plan: str
    workflow: str
    version: str
    context: str
    mode: int = 0
    keyed: int | None = None
