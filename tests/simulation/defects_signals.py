"""Defects of signals, to prove that the simulator would see them."""

from perdure.runtime import effects, parking
from tests.simulation.defects import defect


@defect
def held_run_not_found_by_broadcasts(patch):
    """What may come to a machine that a pause holds between two visits is not entered."""
    patch.setattr(effects, "park", lambda _draft, _hot: None)


@defect
def what_a_held_run_entered_is_left(patch):
    """What was entered while a pause held the run stays when it goes on."""

    def park(draft, hot):
        before = hot.parked
        hot.parked = None
        parking.park(draft, hot)
        hot.parked = hot.parked or before

    patch.setattr(effects, "park", park)
