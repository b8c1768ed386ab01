"""How many runs of a workflow may live at a time, and what becomes of one that finds no place.

A run takes a *place* in the transaction in which it begins, and leaves it in the one in which it
ends; who has one is in the rows. A place that is left goes to the first in line in that same
transaction. So no place can be lost, whoever dies when.
"""

from typing import NamedTuple, Protocol


class Entering(NamedTuple):
    """A run begins, or lives again, with its move or its birth: it needs a place."""

    run: str
    workflow: str


class Declared(NamedTuple):
    """What a workflow's class says: at most so many live (None: any number), and whether others wait."""

    workflow: str
    most: int | None
    waits: int


class Full(NamedTuple):
    """A run found no place, and nothing of it was written.

    At most `most` of its workflow may live; `live` are some of those that do. `waits` is 1 where
    others are to wait in line, 0 where they are to be refused.
    """

    run: str
    workflow: str
    most: int
    waits: int
    live: tuple[str, ...]


class LimitRow(NamedTuple):
    """A workflow's limit. What was set at run time holds before what its class declares.

    `live` runs have a place, `in_line` wait for one, the longest since `since`.
    """

    workflow: str
    declared: int | None
    declared_waits: int
    is_set: int
    most: int | None
    waits: int
    live: int = 0
    in_line: int = 0
    since: float | None = None

    @property
    def holds(self) -> int | None:
        """How many may live now; None for any number."""
        return self.most if self.is_set else self.declared

    @property
    def lines_up(self) -> bool:
        """Whether a run that finds no place waits in line."""
        return bool(self.waits if self.is_set else self.declared_waits)


class LimitKeeper(Protocol):
    """The limits of a store. One holds from the next commit on, whoever makes it."""

    def put(self, row: LimitRow, admits: str) -> list[str]:
        """Set a workflow's limit, or take that back (`is_set` 0); what its class says stays.

        Runs that live already have their places. Returns those of the line that may begin now:
        they have the message `admits` in their inbox.
        """

    def standing(self) -> list[LimitRow]:
        """Return the limits, by workflow."""
