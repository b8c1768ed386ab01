"""Defects of limits: places that are given twice, or lost, and lines that do not move."""

from perdure.runtime.limits import Usher
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


@defect
def refused_though_there_is_a_place(patch):
    """The last place is never given."""
    give = places.give

    class Crowded:
        def __init__(self, room):
            self._room = room

        def __getattr__(self, name):
            return getattr(self._room, name)

        def busy(self, workflow, most):
            return self._room.busy(workflow, most) + 1

    def stingy(seating, commit, known, room):
        give(seating, commit, known, Crowded(room))

    patch.setattr(places, "give", stingy)


@defect
def start_that_is_to_be_refused_waits_in_line(patch):
    """A start that finds no place waits in line, whatever was said."""
    patch.setattr(Usher, "stands", lambda _self, birth: birth.born.parent is None)
