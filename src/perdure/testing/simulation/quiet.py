"""What must hold when nothing goes wrong any more: every run ends, or waits for what never came."""

from perdure.kernel.run import Joining, Open, Status, Unsettled, Waiting
from perdure.ports.store import Store
from perdure.testing.simulation.track import Track
from perdure.testing.simulation.witness import Witness
from perdure.testing.simulation.world import Violation


def restless(store: Store, witness: Witness) -> list[str]:
    """Return why the history has not come to rest; nothing if all runs have."""
    why = [said for track in witness.tracks.values() if (said := _unrest(track, witness))]
    if not why and (left := store.undelivered()):
        why.append(f"broadcasts {left} are half delivered")
    if not why and (due := store.events.next_due()) is not None:
        why.append(f"an event is to start something at {due}")
    return why


def _unrest(track: Track, witness: Witness) -> str:
    if track.open_inbox:
        return f"{track.id} has messages that are not applied: {sorted(track.open_inbox)}"
    if track.run.ended or _rests(track, witness):
        return ""
    return f"{track.id} is {track.run.status}: {track.run.open}, jobs {track.tokens}"


def check_rest(store: Store) -> None:
    """Nothing is left of what has ended or died. Raises Violation."""
    if orphans := store.orphans(10):
        raise Violation("L2", f"nobody has taken over {orphans}")


def _rests(track: Track, witness: Witness) -> bool:
    """Whether a run may rest: it is paused, or waits without an end for signals or children.

    Or somebody is to say what came of it.
    """
    run = track.run
    if run.paused and run.status is not Status.CANCELLING:
        return True
    entries = list(run.open.values())
    return bool(entries) and all(_is_endless(track, entry, witness) for entry in entries)


def _is_endless(track: Track, entry: Open, witness: Witness) -> bool:
    if isinstance(entry, Joining) and entry.due is None:
        return witness.kinship.has_live(track.id, track.run.brood)
    if isinstance(entry, Waiting) and entry.due is None:
        return entry.children is None or witness.kinship.has_live(track.id, track.run.brood)
    return isinstance(entry, Unsettled)
