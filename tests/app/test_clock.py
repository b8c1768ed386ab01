"""Time as processes have it: it never runs backwards, and never stands still for long."""

from perdure.app.clock import SystemClock


def clock_of(*walls):
    times = iter(walls)
    return SystemClock(wall=lambda: next(times), monotonic=lambda: 7.0)


def test_it_is_what_the_wall_clock_says():
    clock = clock_of(100.0, 101.5)

    assert (clock.now(), clock.now()) == (100.0, 101.5)
    assert clock.monotonic() == 7.0


def test_a_small_step_back_is_waited_out():
    clock = clock_of(100.0, 99.5, 100.2)

    assert [clock.now() for _ in range(3)] == [100.0, 100.0, 100.2]


def test_after_a_long_step_back_time_goes_on_from_where_it_was():
    clock = clock_of(7200.0, 100.0, 101.0)

    assert [clock.now() for _ in range(3)] == [7200.0, 7200.0, 7201.0]


def test_the_real_one_agrees_with_itself():
    clock = SystemClock()

    assert clock.now() <= clock.now()
    assert clock.monotonic() <= clock.monotonic()
