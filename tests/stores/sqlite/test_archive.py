"""What conformance cannot see: a run that is forgotten leaves no row in any table."""

from perdure.stores.sqlite import SqliteStore
from perdure.stores.sqlite.archive import TABLES
from tests.conformance.test_archive import bear


def rows(store, table):
    with store._database.reading() as db:
        ((count,),) = db.execute(f"SELECT count(*) FROM {table}").fetchall()
    return count


def test_a_run_that_is_forgotten_leaves_no_row():
    store = SqliteStore.in_memory()
    for number in range(1, 5):
        bear(store, f"run-{number}", batch=number)

    store.archive.forget(store.archive.over(0, 9))

    left = {table: rows(store, table) for table in TABLES}
    assert {table for table, count in left.items() if count} == {
        *("runs", "contexts", "history", "labels"),
    }
    assert set(left.values()) == {0, 1}
