"""What goes wrong is told as what a caller can do about it."""

import apsw
import pytest

from perdure.errors import (
    StoreBusyError,
    StoreFullError,
    StoreLostError,
    StorePlaceError,
    StoreRefusedError,
)
from perdure.stores.sqlite import SqliteStore
from perdure.stores.sqlite.guard import Guard
from perdure.stores.sqlite.trouble import told
from tests.conformance.given import apply, born, only, runs

# Files may not grow beyond a size: to SQLite that is an error of the disk, not a full one.
LOSE = """
import resource, sys
from perdure.errors import StoreLostError
from perdure.stores.sqlite import SqliteStore
from tests.conformance.given import apply, born, runs
store = SqliteStore(sys.argv[1])
runs(store, "acknowledged")
size = store.info()["log_bytes"]
resource.setrlimit(resource.RLIMIT_FSIZE, (size + 20_000, size + 20_000))
lost = []
for call in (
    lambda: apply(store, born=[born(f"r{n}", error="x" * 500) for n in range(500)]),
    lambda: apply(store, born=[born("later")]),
    lambda: store.load(["acknowledged"]),
    lambda: store.put([]),
    lambda: store.change(),
):
    try:
        call()
    except StoreLostError:
        lost.append("lost")
store.close()
print(*lost)
"""


@pytest.fixture
def guard():
    return Guard("p.db")


@pytest.mark.parametrize(
    ("raised", "meant"),
    [
        (apsw.BusyError("x"), StoreBusyError),
        (apsw.LockedError("x"), StoreBusyError),
        (apsw.FullError("x"), StoreFullError),
        (apsw.CantOpenError("x"), StorePlaceError),
        (apsw.ConstraintError("x"), StoreRefusedError),
        (apsw.TooBigError("x"), StoreRefusedError),
        (ValueError("x"), StoreRefusedError),
    ],
)
def test_after_an_error_that_did_nothing_the_store_goes_on(guard, raised, meant):
    with pytest.raises(meant, match=r"p\.db"), told(guard):
        raise raised

    guard.check()


@pytest.mark.parametrize("kind", ["IOError", "ReadOnlyError", "NoMemError"])
def test_after_an_error_of_the_disk_or_the_file_the_store_is_lost(guard, kind):
    with pytest.raises(StoreLostError), told(guard):
        raise getattr(apsw, kind)("x")

    with pytest.raises(StoreLostError, match="Open it again"):
        guard.check()


def test_an_error_of_our_own_code_is_no_trouble_of_the_store(guard):
    with pytest.raises(TypeError), told(guard):
        raise TypeError

    guard.check()


def test_a_full_disk_rolls_back_and_leaves_the_store_in_use(path):
    store = SqliteStore(path)
    runs(store, "r1")
    (connection,) = store._writer.connections()
    pages = connection.pragma("page_count")
    connection.execute(f"PRAGMA max_page_count = {pages}")

    with pytest.raises(StoreFullError, match="make room"):
        apply(store, born=[born(f"r{n}", error="x" * 5000) for n in range(2, 9)])
    connection.execute("PRAGMA max_page_count = 100000")
    apply(store, born=[born("r2")])

    assert store.load([f"r{n}" for n in range(1, 9)]).keys() == {"r1", "r2"}
    store.close()


def test_a_writer_that_does_not_take_turns_is_waited_for_by_sqlites_own_lock(store, path):
    foreign = apsw.Connection(str(path))
    foreign.execute("BEGIN IMMEDIATE")

    with pytest.raises(StoreBusyError), store.transaction(wait=False):
        pytest.fail("not reached")
    foreign.execute("ROLLBACK")
    apply(store, born=[born("r1")])

    assert only(store.load(["r1"])).row.seq == 1


@pytest.mark.crash
def test_an_error_of_the_disk_makes_every_later_call_fail_and_loses_nothing(path, run_script):
    lost = run_script(LOSE, path)

    store = SqliteStore(path)
    assert lost == ["lost"] * 5
    assert set(store.load(["acknowledged", "later"])) == {"acknowledged"}
    store.close()


def test_a_corrupt_file_is_told_as_lost(path):
    store = SqliteStore(path)
    runs(store, *(f"r{n}" for n in range(50)))
    store.close()
    path.write_bytes(path.read_bytes()[:4096] + b"\xff" * 4096 * 40)
    path.with_name(f"{path.name}-wal").write_bytes(b"")

    with pytest.raises(StoreLostError, match="damaged"):
        SqliteStore(path)


def test_a_file_that_is_no_database_is_refused(path):
    path.write_text("notes\n" * 1000)

    with pytest.raises(StoreLostError, match="damaged, or not a store"):
        SqliteStore(path)
