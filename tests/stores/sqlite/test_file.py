"""A store's file, shared by processes that may be killed."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from perdure.errors import StoreLostError, StoreNewerError, StorePlaceError
from perdure.stores.sqlite import SqliteStore
from perdure.stores.sqlite.file import FileDatabase
from tests.conformance.given import apply, born, moved, only, runs

# It is killed while it has the turn, its transaction open.
KILLED = """
import os, sys
from perdure.stores.sqlite import SqliteStore
from tests.conformance.given import apply, born, commit, moved
store = SqliteStore(sys.argv[1])
apply(store, born=[born("kept")])
with store.transaction() as tx:
    tx.apply(commit(born=[born("not kept")], moved=[moved("kept")]))
    os.kill(os.getpid(), 9)
"""

# One of two processes that write as fast as they can.
BESIDE = """
import sys, time
from perdure.stores.sqlite import SqliteStore
from tests.conformance.given import apply, born
store = SqliteStore(sys.argv[1], durability="process")
sys.stdin.readline()
for number in range(150):
    apply(store, born=[born(f"{sys.argv[2]} {number}")])
store.close()
"""


@pytest.fixture
def database(path):
    opened = FileDatabase(path, "full", create=True)
    yield opened
    opened.close()


def test_a_file_tells_about_itself(database, path):
    told = database.info()

    assert told["path"] == str(path)
    assert told["durability"] == "full"
    assert told["tables"] >= 1
    assert told["bytes"] > 0
    assert told["writer"] is None


def test_relaxed_durability_is_told(path):
    database = FileDatabase(path, "process", create=True)

    assert database.info()["durability"].startswith("relaxed")
    database.close()


def test_another_processs_commits_are_seen_and_noticed_and_our_own_are_not(path):
    ours, theirs = SqliteStore(path), SqliteStore(path)
    apply(ours, born=[born("r1")])
    before = ours.change()
    apply(ours, moved=[moved("r1")])
    after_ours = ours.change()
    apply(theirs, moved=[moved("r1", 2, 3)])
    after_theirs = ours.change()

    assert before == after_ours != after_theirs == ours.change()
    assert only(ours.load(["r1"])).row.seq == 3
    ours.close()
    theirs.close()


def test_a_look_for_changes_does_not_wait_for_a_transaction(store):
    seen = []
    before = store.change()
    with store.transaction():
        thread = threading.Thread(target=lambda: seen.append(store.change()))
        thread.start()
        thread.join()

    assert seen == [before]


def test_a_closed_file_is_not_used_again_and_may_be_closed_twice(database):
    database.close()
    database.close()

    with pytest.raises(StoreLostError, match="was closed"), database.reading():
        pytest.fail("not reached")


def test_what_could_not_be_opened_leaves_no_descriptor(path):
    store = SqliteStore(path)
    store._writer._connection.pragma("user_version", 999)
    store.close()
    before = _descriptors()

    for _ in range(3):
        with pytest.raises(StoreNewerError):
            SqliteStore(path)

    assert _descriptors() == before


def _descriptors():
    folder = Path("/proc/self/fd")
    return len(list(folder.iterdir())) if folder.exists() else 0


def test_a_file_that_cannot_be_opened_is_named(tmp_path):
    (tmp_path / "p.db").symlink_to(tmp_path / "nowhere" / "p.db")

    with pytest.raises(StorePlaceError, match=r"p\.db cannot be opened"):
        SqliteStore(tmp_path / "p.db")


@pytest.mark.crash
def test_a_killed_process_leaves_nothing_of_its_open_transaction_and_frees_its_turn(path):
    subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False, timeout=60)

    store = SqliteStore(path)
    with store.transaction(wait=False):
        found = store.load(["kept", "not kept"])
    assert found.keys() == {"kept"}
    assert only(found).row.seq == 1
    store.close()


@pytest.mark.crash
def test_two_processes_write_to_one_file_and_lose_nothing(path):
    SqliteStore(path).close()
    command = [sys.executable, "-c", BESIDE, str(path)]
    both = [
        subprocess.Popen([*command, name], stdin=subprocess.PIPE, text=True) for name in ("a", "b")
    ]
    for process in both:
        process.communicate("go\n", timeout=60)

    store = SqliteStore(path)
    names = [f"{name} {number}" for name in ("a", "b") for number in range(150)]
    assert [process.returncode for process in both] == [0, 0]
    assert store.load(names).keys() == set(names)
    store.close()


def test_the_files_of_a_store_lie_beside_each_other(store, path):
    store.join("host", os.getpid(), 1.0, 30.0)
    runs(store, "r1")

    names = {file.name for file in path.parent.iterdir()}

    assert names - {"perdure.db-shm"} == {
        "perdure.db",
        "perdure.db-wal",
        "perdure.db-turn",
        "perdure.db-write",
        "perdure.db-locks",
    }
