"""What is forgotten in a history is held to having been over for long."""

import random

import pytest

from perdure.testing.simulation.archives import AFTER_SECONDS, KEEPS
from perdure.testing.simulation.world import Violation
from tests.testing.simulation.test_node import Yard


def ended(keep=60.0, count=2):
    """Runs that have ended, on a machine that forgets them after `keep` seconds."""
    yard = Yard()
    yard.forgotten = yard.witness.forgotten
    yard.forgotten.keep = keep
    for number in range(1, count + 1):
        yard.put_run(f"run-{number}", batch=number)
    yard.run(20.0)
    assert [yard.status(f"run-{n}") for n in range(1, count + 1)] == ["completed"] * count
    return yard


def test_a_run_that_is_long_over_may_go():
    yard = ended()
    yard.run(70.0)
    yard.world.latest = yard.world.wall()

    yard.witness.forgot(["run-1"])

    assert yard.forgotten.runs == {"run-1"}
    assert yard.world.trace.counts["a run was forgotten"] == 1


@pytest.mark.parametrize(("keep", "seconds"), [(60.0, 1.0), (None, 1000.0)])
def test_one_that_is_to_be_kept_may_not(keep, seconds):
    yard = ended(keep)
    yard.run(seconds)

    with pytest.raises(Violation, match="is to be kept"):
        yard.witness.forgot(["run-1"])


def test_nor_may_one_that_lives():
    yard = Yard(slots={"thread": 0, "async": 0})
    yard.put_run()

    with pytest.raises(Violation, match="it was forgotten, and is running"):
        yard.witness.forgot(["run-1"])


def test_nor_a_child_whose_parent_lives():
    yard = ended()
    yard.run(100.0)
    yard.world.latest = yard.world.wall()
    yard.witness.tracks["run-2"].end = None

    with pytest.raises(Violation, match="its parent run-2 lives"):
        yard.forgotten.forgot(["run-1"], {"run-1": "run-2"})


def test_what_is_left_long_after_is_a_violation_but_for_the_newest():
    yard = ended(count=3)
    yard.run(60.0 + AFTER_SECONDS)
    yard.world.latest = yard.world.wall()

    with pytest.raises(Violation, match=r"P2: \['run-1', 'run-2'\] ended long ago"):
        yard.forgotten.check(yard.inner.archive, {})
    yard.inner.archive.forget(yard.inner.archive.over(0, 9))
    yard.forgotten.check(yard.inner.archive, {})


def test_where_nothing_is_forgotten_all_may_stay():
    yard = ended(None)
    yard.forgotten.wait()

    yard.forgotten.check(yard.inner.archive, {})
    assert yard.world.time < 30.0


def test_a_history_draws_for_how_long():
    yard = ended()
    drawn = set()
    for seed in range(20):
        yard.forgotten.draw(random.Random(seed))
        drawn.add(yard.forgotten.keep)

    assert drawn == set(KEEPS)


def test_a_history_that_was_cut_too_short_is_seen():
    yard = ended(count=1)
    track = yard.witness.tracks["run-1"]

    yard.witness.was_cut("run-1", track.seq)
    assert yard.world.trace.counts["a history was cut"] == 1
    assert yard.forgotten.cut_off(track) == []
    yard.forgotten._left["run-1"] = 3
    assert [written.seq for written in yard.forgotten.cut_off(track)] == [1, 2]
    track.seq += 1
    with pytest.raises(Violation, match="P3"):
        yard.witness.was_cut("run-1", 2)
