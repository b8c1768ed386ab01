"""The children that a run has started since it last began to wait for some, as counts and bits.

One bit for each, in the order in which they were started, so a child's end that is told twice
counts once, and a thousand children are 125 bytes of their parent, however many have ended.
"""

from dataclasses import dataclass, replace

MOST_CHILDREN = 10_000
"""In one brood: what its parent's row holds of it is rewritten with each child that ends."""


@dataclass(frozen=True, slots=True)
class Brood:
    """Children that are waited for together. `number` grows in the run's life; 0 is none at all.

    `ended` has a bit for each place, `failed` counts those that did not complete. Once `joined`
    (waited for), a brood takes no more children: the next one begins another.
    """

    number: int = 0
    total: int = 0
    ended: int = 0
    failed: int = 0
    joined: bool = True

    @property
    def open(self) -> int:
        """How many have not ended."""
        return self.total - self.ended.bit_count()

    @property
    def completed(self) -> int:
        """How many have completed."""
        return self.ended.bit_count() - self.failed

    def next_number(self, *, again: bool = False) -> int:
        """Return the brood that a child would be added to, or that a wait would be for.

        `again` asks for the one that was waited for last, for what is left of it.
        """
        return self.number + 1 if self.number == 0 or (self.joined and not again) else self.number

    def as_number(self, number: int) -> "Brood":
        """Return this brood if it has the number, else one of that number without children."""
        return self if self.number == number else Brood(number, joined=False)

    def with_more(self, count: int) -> "Brood":
        """Return the brood with so many children more."""
        return replace(self, total=self.total + count)

    def as_joined(self) -> "Brood":
        """Return the brood as one that is, or was, waited for."""
        return replace(self, joined=True)

    def awaits(self, number: int, place: int) -> bool:
        """Whether the end of this child would be news."""
        return self.number == number and place < self.total and not self.ended >> place & 1

    def after(self, place: int, *, ok: bool) -> "Brood":
        """Return the brood once this child has ended, `ok` if it completed."""
        return replace(self, ended=self.ended | 1 << place, failed=self.failed + (not ok))

    def given_up(self) -> "Brood":
        """Return the brood with nothing left to wait for: who had not ended counts as failed."""
        return replace(self, ended=(1 << self.total) - 1, failed=self.failed + self.open)

    def suffices(self, need: int | None) -> bool:
        """Whether a wait for `need` children to complete is over, or for all to end if None.

        It is over as well when so many cannot complete any more.
        """
        if need is None:
            return self.open == 0
        return self.completed >= need or self.completed + self.open < need


NO_BROOD = Brood()


def pack_brood(brood: Brood) -> str | None:
    """Return a brood as the text that a run's row keeps; None if there never was one."""
    if brood.number == 0:
        return None
    numbers = f"{brood.number} {brood.total} {brood.ended:x} {brood.failed}"
    return f"{numbers} {int(brood.joined)}"


def unpack_brood(text: str | None) -> Brood:
    """Return the brood of a text that `pack_brood` made."""
    if text is None:
        return NO_BROOD
    number, total, ended, failed, joined = text.split()
    return Brood(int(number), int(total), int(ended, 16), int(failed), joined == "1")
