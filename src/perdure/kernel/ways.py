"""What ends a wait: signals and events by their names, each a way out that leads somewhere."""

from dataclasses import dataclass

CHILDREN = "children"
"""The kind of a way out that the run's children are."""

EVENT = "event:"
"""What the name of an event begins with where names of signals stand beside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way out of a wait: a signal (`kind` 'signal') or an event ('event') of this name.

    Or the end of children (`CHILDREN`), of which `key` says how many are needed; None is all.
    `key` narrows others: to signals with this correlation key or none, to events of this entity. It
    leads to `then`; None completes the run. `fresh` drops what came before the visit that waits.
    `match` and `accepts` (JSON texts) say what it must bring; the kernel is told by each message
    which ways it does not fit, and reads neither.
    """

    name: str
    key: str | None = None
    then: str | None = None
    kind: str = "signal"
    match: str = ""
    accepts: str = ""
    fresh: bool = False

    @property
    def need(self) -> int | None:
        """How many children are needed, where the way is for children; None is all."""
        return int(self.key) if self.key is not None else None

    def fits(self, kind: str, name: str, key: str | None) -> bool:
        """Whether what has this name and key ends the wait, by its name and key alone.

        A signal without a key ends any wait for its name; a wait for an event without one is ended
        by any entity's.
        """
        if name != self.name or kind != self.kind:
            return False
        return key == self.key or (key if kind == "signal" else self.key) is None


@dataclass(frozen=True, slots=True)
class Unfit:
    """A way out of a wait that a signal does not fit, by what it brings or wants, and why.

    `way` is its place among the wait's ways, `signal` the id of a kept one.
    """

    way: int
    why: str
    signal: int = 0


def coming_name(kind: str, name: str) -> str:
    """Return the name under which a step's plan says that a wait for this may come."""
    return name if kind == "signal" else f"{EVENT}{name}"


def named(ways: tuple[Way, ...]) -> str:
    """Return what a wait is for, in words: "signal 'paid' or event 'shipped' or children"."""
    return " or ".join(
        CHILDREN if way.kind == CHILDREN else f"{way.kind} {way.name!r}" for way in ways
    )
