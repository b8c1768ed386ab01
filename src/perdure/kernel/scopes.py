"""A loop that is open: which of its items have begun, and what became of them.

An item is addressed by its loop's path and its number, such as `process[3]`. Items begin in order,
so many of a loop's at a time as its window has, and an item's visit has its loop's number.
Once an item has failed for good no more begin, and the loop fails when the open ones have ended;
a retry of the run goes on with those that failed, then with those that had not begun.
"""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """A loop over `count` items, of which those below `begun` have begun, and `open` are open.

    `again` are items that are to begin once more, before others; `failed` those that failed for
    good, the first of them with `kind` and `error`. `is_over` once it has failed, until a retry.
    `left_out` were more than it may take. It began `at` this time.
    """

    visit: int
    attempt: int
    count: int
    at: float
    left_out: int = 0
    begun: int = 0
    open: int = 0
    again: tuple[int, ...] = ()
    failed: tuple[int, ...] = ()
    kind: str = ""
    error: str = ""
    is_over: bool = False

    @property
    def has_more(self) -> bool:
        """Whether an item is still to begin."""
        return not self.failed and (bool(self.again) or self.begun < self.count)

    @property
    def is_done(self) -> bool:
        """Whether all that was to begin has ended, and nobody has said so."""
        return not (self.is_over or self.open or self.has_more)

    @property
    def next(self) -> int:
        """The item that begins next."""
        return self.again[0] if self.again else self.begun

    def with_begun(self, number: int) -> "Scope":
        """Return it with an item begun."""
        again = tuple(other for other in self.again if other != number)
        begun = max(self.begun, number + 1)
        return replace(self, again=again, begun=begun, open=self.open + 1)

    def with_ended(self) -> "Scope":
        """Return it with one item less open."""
        return replace(self, open=self.open - 1)

    def with_stopped(self, number: int) -> "Scope":
        """Return it with an item stopped, which is to begin again."""
        return replace(self, open=self.open - 1, again=tuple(sorted((*self.again, number))))

    def with_failed(self, number: int, kind: str, error: str) -> "Scope":
        """Return it with an item that failed for good; the first one says why the loop does."""
        made = replace(self, open=self.open - 1, failed=(*self.failed, number))
        return made if self.failed else replace(made, kind=kind, error=f"item {number}: {error}")

    def reopened(self) -> "Scope":
        """Return it as it goes on when its run is retried."""
        again = tuple(sorted({*self.again, *self.failed}))
        return replace(
            self, visit=self.visit + 1, again=again, failed=(), kind="", error="", is_over=False
        )
