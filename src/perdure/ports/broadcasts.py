"""Broadcasts on their way: whom one is for, who refuses it, and what waits for a wait to come."""

from collections.abc import Callable
from typing import NamedTuple


class Reached(NamedTuple):
    """A run that a broadcast is for. `kind` is that of its wait; 'coming' if none is open yet.

    `ways` is a JSON list of what its open ways of the name ask for: [match, accepts], or null.
    """

    run: str
    kind: str
    plan: str
    ways: str


Refuse = Callable[[Reached, str | None], str]
"""Says why a run refuses what brings this payload; empty if it does not."""


class Delivery(NamedTuple):
    """One slice of a broadcast: (run, kind of wait) it was put to, and (run, why) that refused it.

    `more` if others are to come. `mailed` if it has a key, and it was for nobody: then it is kept
    in the mailbox, for a wait to come.
    """

    runs: list[tuple[str, str]]
    more: bool
    refused: list[tuple[str, str]]
    mailed: bool = False


class Call(NamedTuple):
    """A wait with a key begins: the run gets what is in the mailbox for it, and came since `since`."""

    run: str
    name: str
    key: str
    workflow: str
    since: float


class Letter(NamedTuple):
    """A signal in the mailbox: nobody waited for it with its key. It is dropped at `until`."""

    n: int
    name: str
    key: str
    message: str
    payload: str | None
    workflow: str | None
    match: str | None
    at: float
    until: float
