"""Virtual time, and who runs while somebody waits."""

import pytest

from perdure.testing.simulation.world import MOST_CALLS, Died, Life, Violation
from tests.testing.simulation.scenes import world


def test_things_happen_in_the_order_of_their_times():
    at = world()
    seen = []
    at.after(2.0, "second", lambda: seen.append(("second", at.time)))
    at.after(1.0, "first", lambda: seen.append(("first", at.time)))

    at.run(5.0)

    assert seen == [("first", 1.0), ("second", 2.0)]
    assert at.time == 5.0


def test_what_is_due_later_waits():
    at = world()
    seen = []
    at.after(2.0, "it", lambda: seen.append(at.time))

    at.run(1.0)

    assert seen == []


def test_what_belongs_to_a_dead_process_does_not_happen():
    at, life = world(), Life("p0.1")
    seen = []
    at.after(1.0, "it", lambda: seen.append(at.time), of=life)
    life.dead = True

    at.run(5.0)

    assert seen == []


def test_what_belongs_to_a_frozen_process_happens_when_it_thaws():
    at, life = world(), Life("p0.1")
    seen = []
    at.after(1.0, "it", lambda: seen.append(at.time), of=life)
    life.frozen_until = 3.0

    at.run(5.0)

    assert seen == [3.0]


def test_a_death_ends_only_what_was_under_way():
    at, life = world(), Life("p0.1")
    seen = []

    def dies():
        life.dead = True
        raise Died(life)

    at.after(1.0, "dies", dies, of=life)
    at.after(2.0, "other", lambda: seen.append(at.time))

    at.run(5.0)

    assert seen == [2.0]


def test_others_run_while_one_waits():
    at, life = world(interleave=1.0), Life("p0.1")
    seen = []
    for n in range(20):
        at.after(0.0001 * n, "other", lambda: seen.append(at.time))

    for _ in range(10):
        at.wait(life)

    assert len(seen) == 20


def test_nobody_runs_meanwhile_where_nothing_interleaves():
    at, life = world(), Life("p0.1")
    at.after(0.0, "other", pytest.fail)

    at.wait(life)

    assert at.time == 0.0


def test_one_that_died_while_it_waited_does_not_go_on():
    at, life = world(interleave=1.0), Life("p0.1")
    at.after(0.0, "kill", lambda: setattr(life, "dead", True))

    with pytest.raises(Died):
        at.wait(life)


def test_a_dead_one_gets_no_further():
    at, life = world(), Life("p0.1")
    life.dead = True

    with pytest.raises(Died):
        at.wait(life)


def test_a_stall_lasts_at_least_a_lease():
    at, life = world(interleave=1.0, stall=1.0, lease=4.0), Life("p0.1")

    at.wait(life)

    assert 4.0 <= at.time <= 12.0
    assert at.trace.counts["stalled past its lease"] == 1


def test_a_history_without_an_end_is_a_violation():
    at = world()

    def again():
        at.after(0.0, "again", again)

    again()

    with pytest.raises(Violation, match=f"endless: {MOST_CALLS}"):
        at.run(1.0)


def test_the_wall_clock_can_be_set_and_is_right_again_when_all_is_calm():
    at = world()
    before = at.wall()
    at.latest = before
    at.jump(-100.0)
    set_back = at.wall()

    at.calm()

    assert set_back == before - 100.0
    assert at.wall() == before
    assert at.is_calm


def test_a_calm_world_is_settled_when_every_lease_has_been_renewed():
    at = world(lease=2.0)
    at.calm()
    early = at.is_settled
    at.run(100.0)

    assert (early, at.is_settled) == (False, True)


def test_in_a_slow_world_it_takes_time_to_look_at_the_clock():
    at = world(slow=True)

    assert at.monotonic() < at.monotonic()
