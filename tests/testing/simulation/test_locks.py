"""A simulated process's life is the lock of its incarnations."""

from perdure.testing.simulation.locks import Locks
from perdure.testing.simulation.world import Life


def test_a_lock_is_free_when_its_process_is_dead():
    locks, life = Locks(), Life("node")
    locks.hold(1, life)

    held = (locks.is_free(1), locks.is_held(1, life), locks.is_held(1, Life("other")))
    life.dead = True

    assert held == (False, True, False)
    assert locks.is_free(1)
    assert locks.is_free(2)


def test_a_process_is_seen_to_leave():
    locks, life = Locks(), Life("node")
    locks.hold(1, life)
    life.leaving = True

    assert (locks.is_leaving(1), locks.is_leaving(2)) == (True, False)
