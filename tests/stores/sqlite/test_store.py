"""The SQLite store's own ways: paths, turns, the dead."""

import subprocess
import sys

import pytest

from perdure.errors import StoreBusyError, StoreError, StoreLostError, StoreMissingError
from perdure.stores.sqlite import SqliteStore
from perdure.stores.sqlite.turnstile import Turnstile
from tests.conformance.given import NOW, apply, born, job, runs

JOIN = """
import os, sys
from perdure.stores.sqlite import SqliteStore
from tests.conformance.given import NOW, apply, born, job
store = SqliteStore(sys.argv[1])
worker = store.join("host", os.getpid(), NOW, 3600.0)
apply(store, born=[born("r1")], jobs_made=[job("r1", owner=worker.id, token=1)])
print(worker.id, flush=True)
sys.stdin.read()
"""


def test_a_store_that_is_not_there_is_not_made_by_who_only_wants_to_read(path):
    with pytest.raises(StoreMissingError, match=str(path)):
        SqliteStore.open(path, create=False)

    assert not path.exists()
    assert not list(path.parent.iterdir())


def test_a_store_is_opened_again_with_what_was_written(path):
    store = SqliteStore(path)
    runs(store, "r1")
    store.close()

    again = SqliteStore.open(path, create=False)

    assert again.load(["r1"]).keys() == {"r1"}
    again.close()


def test_a_relative_path_stays_the_same_store_wherever_the_process_goes(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    store = SqliteStore("p.db")
    monkeypatch.chdir("/")
    runs(store, "r1")

    assert store.info()["path"] == str(tmp_path / "p.db")
    assert store.load(["r1"])
    store.close()


def test_only_a_store_in_memory_has_siblings(store):
    with pytest.raises(StoreError, match="in memory"):
        store.sibling()


def test_who_does_not_wait_is_told_at_once_that_another_process_writes(store, path):
    other = Turnstile(path)
    other.enter()

    with pytest.raises(StoreBusyError), store.transaction(wait=False):
        pytest.fail("not reached")
    other.close()

    with store.transaction(wait=False):
        pass


@pytest.mark.crash
def test_a_killed_process_is_seen_to_be_dead_at_once_and_its_jobs_can_be_taken(store, path):
    process = subprocess.Popen(
        [sys.executable, "-c", JOIN, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    number = int(process.stdout.readline())
    (worker,) = store.workers()
    alive = not store.is_dead(worker)

    process.kill()
    process.communicate()

    assert alive
    assert store.is_dead(worker)
    assert store.bury(number, NOW, forced=True)
    assert [row.run for row in store.orphans(10)] == ["r1"]


def test_the_lock_of_who_left_or_was_buried_is_removed(store, path):
    one, other = store.join("host", 1, NOW, 30.0), store.join("host", 2, NOW, 30.0)
    locks = path.with_name("perdure.db-locks")
    before = len(list(locks.iterdir()))

    store.leave(one.id)
    store.bury(other.id, NOW, forced=True)

    assert before == 2
    assert list(locks.iterdir()) == []


def test_a_closed_store_lets_go_of_the_locks_of_its_incarnations(store, path):
    other = SqliteStore(path)
    worker = other.join("host", 1, NOW, 30.0)
    before = store.is_dead(worker)

    other.close()

    assert not before
    assert store.is_dead(worker)


def test_who_could_not_join_holds_no_lock(store, path):
    store._writer._connection.execute(
        "CREATE TEMP TRIGGER no BEFORE INSERT ON main.workers"
        " BEGIN SELECT RAISE(ABORT, 'not today'); END"
    )

    with pytest.raises(StoreError, match="not today"):
        store.join("host", 1, NOW, 30.0)

    assert list(path.with_name("perdure.db-locks").iterdir()) == []


def test_buried_incarnations_are_forgotten_when_their_last_job_has_gone(store):
    one = store.join("host", 1, NOW, 30.0)
    apply(store, born=[born("r1")], jobs_made=[job("r1", owner=one.id)])
    store.bury(one.id, NOW, forced=True)
    store.join("host", 2, NOW, 30.0)
    with_jobs = _buried(store)
    store.hand_back(store.orphans(10))
    store.join("host", 3, NOW, 30.0)

    assert with_jobs == [(one.id,)]
    assert _buried(store) == []


def _buried(store):
    with store._database.reading() as db:
        return db.execute("SELECT id FROM workers WHERE buried").fetchall()


def test_a_closed_store_is_not_used_again(path):
    store = SqliteStore(path)
    store.close()

    for call in (lambda: store.load(["r1"]), lambda: store.put([]), store.change, store.workers):
        with pytest.raises(StoreLostError, match="was closed"):
            call()
