"""What a run stood at before each of its visits, worked out apart from what the engine keeps."""

from dataclasses import dataclass, field

from perdure.kernel import history
from perdure.ports.rows import InboxRow

Visit = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Stand:
    """The visits that had succeeded by then, and the signals that were in the context."""

    succeeded: tuple[Visit, ...] = ()
    told: tuple[InboxRow, ...] = ()


@dataclass(slots=True)
class Earlier:
    """The stands of one run's visits, and what it has inherited from the run it was forked of."""

    stands: dict[Visit, Stand] = field(default_factory=dict)
    told: list[InboxRow] = field(default_factory=list)
    rewound: bool = False

    def begins(self, visit: Visit, succeeded: list[Visit]) -> None:
        """Note how the run stands before a visit."""
        self.stands[visit] = Stand(tuple(succeeded), tuple(self.told))

    def takes(self, signal: InboxRow) -> None:
        """Note that a signal was taken."""
        self.told.append(signal)

    def goes_back(self, visit: Visit) -> list[Visit]:
        """Go back to before a visit, and return what has succeeded there."""
        stand = self.stands.get(visit, Stand())
        self.told = list(stand.told)
        self.rewound = True
        return list(stand.succeeded)


def forked_from(news: object) -> history.RunForked | None:
    """Return the event by which a run was forked, from the first events of it."""
    for _, events in news if isinstance(news, list) else ():
        for event in events:
            if isinstance(event, history.RunForked):
                return event
    return None
