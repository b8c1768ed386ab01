"""The real store, with what can go wrong at it."""

import pytest

from perdure.errors import CommitUnknownError, StoreBusyError, StoreFullError
from perdure.testing.simulation.locks import Locks
from perdure.testing.simulation.world import Died, Life
from tests.testing.simulation.scenes import Scene, birth


def outcomes(**faults):
    """Write one birth in each of forty worlds; return what was raised, and if it was written."""
    seen = set()
    for seed in range(40):
        scene = Scene(seed, **faults)
        try:
            scene.commit(birth())
            raised = None
        except (Died, CommitUnknownError, StoreFullError) as error:
            raised = type(error)
        seen.add((raised, bool(scene.inner.load(["run-1"]))))
    return seen


def test_where_nothing_goes_wrong_a_commit_is_written():
    assert outcomes() == {(None, True)}


def test_a_process_dies_before_a_commit_or_after_it():
    assert outcomes(crash=1.0) == {(Died, True), (Died, False)}


def test_nobody_can_say_whether_a_commit_took_place():
    assert outcomes(unknown=1.0) == {(CommitUnknownError, True), (CommitUnknownError, False)}


def test_a_full_store_writes_nothing():
    assert outcomes(full=1.0) == {(StoreFullError, False)}


def test_a_busy_store_is_told_only_to_those_who_do_not_wait():
    scene = Scene(busy=1.0)

    with pytest.raises(StoreBusyError), scene.store.transaction(wait=False):
        pytest.fail("the transaction began")
    with scene.store.transaction(wait=True) as open_:
        open_.apply(birth())

    assert scene.inner.load(["run-1"])


def test_what_raises_within_a_transaction_is_not_written():
    scene = Scene()

    with pytest.raises(ZeroDivisionError), scene.store.transaction() as open_:
        open_.apply(birth())
        raise ZeroDivisionError

    assert not scene.inner.load(["run-1"])


def test_every_write_is_shown_to_the_witness():
    scene = Scene()

    scene.commit(birth())

    assert set(scene.witness.tracks) == {"run-1"}


def test_every_call_is_in_the_trace():
    scene = Scene()
    scene.commit(birth())
    scene.store.load(["run-1"])
    scene.store.orphans(10)

    assert scene.world.trace.digest
    assert [line.split()[2] for line in scene.world.trace.lines] == ["commit", "load", "orphans"]


def test_a_dead_process_is_seen_by_its_lock_where_there_are_locks():
    scene = Scene(locked=True)
    row = scene.store.join("here", 1, 0.0, 5.0)
    alive = scene.store.is_dead(row)
    scene.life.dead = True

    assert (alive, scene.locks.is_free(row.id)) == (False, True)


def test_where_there_are_no_locks_a_death_is_not_seen():
    scene = Scene(locked=False)
    row = scene.store.join("here", 1, 0.0, 5.0)
    (seen,) = scene.store.workers()

    assert (row.lock, seen.lock) == (None, None)
    assert not scene.store.is_dead(row)


def test_locks_know_whose_an_incarnation_is():
    locks, life = Locks(), Life("p0.1")
    locks.hold(7, life)
    life.leaving = True

    assert locks.is_held(7, life)
    assert locks.is_leaving(7)
    assert not locks.is_held(7, Life("p0.1"))
    assert not locks.is_leaving(8)
    assert locks.is_free(8)


def test_the_readers_answer_what_the_store_has():
    scene = Scene()
    scene.commit(birth())

    assert scene.store.find.__self__ is scene.store
    assert [row.id for row in scene.store.workers()] == []
    assert scene.store.steps("run-1") == scene.store.attempts("run-1") == []
    assert [written.seq for written in scene.store.history("run-1")] == [1]
    assert scene.store.latest_plan("story") is not None
    assert scene.store.info()["store"] == "sqlite"
