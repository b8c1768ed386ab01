"""Holds the mailbox to what it promises: nothing is lost in it, or there and with a run as well."""

from collections.abc import Mapping

from perdure.kernel.directives import Wait
from perdure.kernel.run import Waiting
from perdure.ports.broadcasts import Letter
from perdure.ports.store import Store
from perdure.testing.simulation.scripts import Script
from perdure.testing.simulation.track import Track
from perdure.testing.simulation.world import Violation, World
from perdure.wire.matching import mismatch

MOST = 10_000


class Mail:
    """What callers were told of the mailbox. `scripts` are by workflow and step."""

    def __init__(
        self,
        store: Store,
        tracks: Mapping[str, Track],
        world: World,
        scripts: Mapping[str, Mapping[str, Script]],
    ) -> None:
        self._store = store
        self._tracks = tracks
        self._world = world
        self._scripts = scripts
        self.kept: set[str] = set()
        """Payloads of which callers were told that they are kept."""

    def look(self) -> None:
        """Look at the mailbox and at who waits, at any moment. Raises Violation."""
        letters = self._store.letters(MOST)
        for letter in [each for each in letters if each.until > self._world.latest]:
            for track in self._tracks.values():
                if self._waits_for(track, letter):
                    raise track.broken("M2", f"it waits, and {letter} lies in the mailbox")

    def end(self) -> None:
        """Look once more at the end of the history. Raises Violation."""
        self.look()
        lying = {letter.payload for letter in self._store.letters(MOST)}
        had = {row.payload for track in self._tracks.values() for row in track.inbox.values()}
        if lost := self.kept - lying - had:
            raise Violation("M1", f"{sorted(lost)} were kept, and are nowhere")
        if twice := lying & had - {None}:
            raise Violation("M3", f"{sorted(map(str, twice))} were taken, and lie there still")
        if self.kept & had:
            self._world.trace.sometimes("a run took what was in the mailbox")

    def _waits_for(self, track: Track, letter: Letter) -> bool:
        for step, entry in track.run.open.items():
            if not isinstance(entry, Waiting):
                continue
            named = [n for n, way in enumerate(entry.ways) if way.kind == "signal"]
            named = [n for n in named if (entry.ways[n].name, entry.ways[n].key) == letter[1:3]]
            if any(not self._is_fresh(track, step, entry.visit, n) for n in named):
                context = self._store.load([track.id])[track.id].context
                return not (letter.match and mismatch(letter.match, context))
        return False

    def _is_fresh(self, track: Track, step: str, visit: int, number: int) -> bool:
        script = self._scripts.get(track.plan.workflow, {}).get(step)
        asked = script.act(visit).outcome if script is not None else None
        return isinstance(asked, Wait) and (asked, *asked.also)[number].fresh
