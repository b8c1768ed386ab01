"""Defects of limits: places that are given twice, or lost, and lines that do not move."""

from perdure.stores import places
from perdure.stores.sqlite import limits
from tests.simulation.defects import defect, reword


@defect
def place_lost_with_its_run(patch):
    """A run that has ended keeps its place: who waits in line waits for ever."""
    patch.setattr(limits, "write", _writes_seats_alone(limits.write))
    for name in ("limits/busy", "limits/live", "limits/standing"):
        reword(patch, name, "r.ended_at IS NULL", "true")


def _writes_seats_alone(write):
    class Endless:
        def __init__(self, commit):
            self.batch = commit.batch
            self.moved = ()

    return lambda db, commit, seating: write(db, Endless(commit), seating)


@defect
def places_counted_before_others_have_theirs(patch):
    """Each run of a commit finds the same free place."""
    give = places.give

    def generous(seating, commit, known, room):
        for each in list(seating.wanted):
            one = places.Seating([each], seating.late, seating.held, seating.seats, seating.full)
            give(one, commit, known, room)

    patch.setattr(places, "give", generous)


@defect
def last_in_line_goes_first(patch):
    """A place that is left goes to whoever came last."""
    reword(patch, "limits/first", "ORDER BY w.due, w.run", "ORDER BY w.due DESC, w.run DESC")


@defect
def line_waits_for_the_next_start(patch):
    """An end gives its place to nobody."""
    patch.setattr(limits, "admit", lambda _db, _known, _message: [])
