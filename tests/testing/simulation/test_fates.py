"""What may become of a write."""

from perdure.testing.simulation.fates import Fate


def test_a_write_takes_place_or_not_whatever_its_caller_is_told():
    done = {fate.name for fate in Fate if fate.is_done}

    assert done == {"DONE", "DONE_AND_DIES", "DONE_AND_UNKNOWN"}
