"""What must hold between parents and children, in every transaction that touches one of them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from perdure.kernel import history
from perdure.kernel.brood import Brood
from perdure.ports.rows import Loaded, RunRow
from perdure.ports.store import Store
from perdure.testing.simulation.track import News, Track
from perdure.wire.encoding import decode

Place = tuple[str, int, int]
"""A parent, and which child of which of its broods."""


class Kinship:
    """Holds families to the rules: `C2` born with their parents, `C3` told, `C4` called off."""

    def __init__(self, store: Store, tracks: Mapping[str, Track], forgotten: set[str]) -> None:
        self._store = store
        self._tracks = tracks
        self._forgotten = forgotten
        self._born: dict[Place, str] = {}
        self._ends: defaultdict[str, set[bool]] = defaultdict(set)
        self._seen: list[tuple[Track, RunRow, News]] = []

    def saw(self, track: Track, loaded: Loaded, news: News) -> None:
        """Note a run that a transaction has touched, and what became of it."""
        self._seen.append((track, loaded.row, news))

    def settle(self) -> None:
        """Look at the families of a transaction, once all its runs were seen. Raises Violation."""
        seen, self._seen = self._seen, []
        for track, row, news in seen:
            self._birth(track, row)
            self._own_end(track, row, news)
        for track, row, news in seen:
            for _, events in news:
                for event in events:
                    self._event(track, row, event)

    @property
    def parents(self) -> dict[str, str]:
        """The parents of all children."""
        return {child: parent for (parent, _, _), child in self._born.items()}

    def has_live(self, run: str, brood: Brood) -> bool:
        """Whether a child of this brood never ended."""
        places = range(brood.total)
        return any(not self._ends[self._born[run, brood.number, place]] for place in places)

    def _birth(self, track: Track, row: RunRow) -> None:
        if row.parent is None:
            return
        place = (row.parent, row.of_brood or 0, row.place or 0)
        if self._born.setdefault(place, track.id) != track.id:
            raise track.broken("C2", f"{self._born[place]} is the child at {place}")
        parent = self._tracks.get(row.parent)
        if parent is None or not any(place in _places(parent, e) for e in _events(parent)):
            raise track.broken("C2", f"its parent {row.parent} never started it")

    def _own_end(self, track: Track, row: RunRow, news: News) -> None:
        """Ask that a child's end lies in its parent's inbox once the child has ended."""
        ends = [e for _, events in news for e in events if isinstance(e, history.ENDINGS)]
        if not ends:
            return
        self._ends[track.id] |= {isinstance(end, history.RunCompleted) for end in ends}
        if row.parent is None or row.parent in self._forgotten:
            return
        told = [m for m in self._messages(row.parent) if m[:2] == ["ChildEnded", track.id]]
        if not told:
            raise track.broken("C3", f"it ended, and its parent {row.parent} was not told")

    def _event(self, track: Track, row: RunRow, event: history.Event) -> None:
        match event:
            case history.ChildrenStarted():
                for place in _places(track, event):
                    if place not in self._born:
                        raise track.broken("C2", f"{event}, and {place} is not there")
            case history.ChildEnded():
                if event.ok not in self._ends[event.child]:
                    raise track.broken("C3", f"{event}, and it ended {self._ends[event.child]}")
            case history.CancelRequested(by="parent") if row.detached:
                raise track.broken("C4", f"{event}, and it is detached from its parent")
            case history.CancelRequested() | history.RunFailed() | history.RunCompleted():
                self._called_off(track)
            case history.RunCancelled():
                self._called_off(track)
            case _:
                pass

    def _called_off(self, track: Track) -> None:
        """Ask that a run that ends, or is to end, has told every child that goes with it."""
        for child in self._store.children(track.id):
            if child.detached or child.ended_at is not None or child.status == "cancelling":
                continue
            if not any(m[:2] == ["Cancel", "parent"] for m in self._messages(child.id)):
                raise track.broken("C4", f"it ends, and its child {child.id} was not told")

    def _messages(self, run: str) -> list[list[object]]:
        loaded = self._store.load([run]).get(run)
        return [decode(row.message) for row in loaded.inbox] if loaded is not None else []


def _events(track: Track) -> Iterable[history.Event]:
    return (event for _, events in track.written for event in events)


def _places(track: Track, event: history.Event) -> set[Place]:
    """Return the places that an event gives children; none if it starts none."""
    if not isinstance(event, history.ChildrenStarted):
        return set()
    return {(track.id, event.brood, event.first + number) for number in range(event.count)}
