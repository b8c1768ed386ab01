"""Virtual time passes when it is told to."""

import pytest

from perdure.app.virtual import START, VirtualClock


def test_it_stands_still_until_it_is_told_to_go_on():
    clock = VirtualClock()

    assert (clock.now(), clock.now(), clock.monotonic()) == (START, START, 0.0)


def test_time_passes_on_both_clocks():
    clock = VirtualClock(100.0)

    clock.advance(60.0)

    assert (clock.now(), clock.monotonic()) == (160.0, 60.0)


def test_a_wall_clock_that_is_set_back_does_not_take_time_back():
    clock = VirtualClock(100.0)

    clock.jump(-50.0)

    assert (clock.now(), clock.wall, clock.monotonic()) == (100.0, 50.0, 0.0)


def test_time_cannot_go_back():
    with pytest.raises(ValueError, match="-1"):
        VirtualClock().advance(-1)
