"""What conformance cannot see: a run that is forgotten leaves nothing in any dict."""

from perdure.stores.memory import MemoryStore
from tests.conformance.test_archive import bear


def test_a_run_that_is_forgotten_leaves_nothing():
    store = MemoryStore()
    bear(store, "a", batch=1, start_key="k")
    bear(store, "b", batch=2)

    store.archive.forget(store.archive.over(0, 9))

    tables = store._tables
    assert (list(tables.runs), list(tables.ended), tables.keys) == (["b"], ["b"], {})


def test_a_key_that_another_run_has_by_now_stays_its_own():
    store = MemoryStore()
    bear(store, "a", batch=1, unique_key="u")
    bear(store, "b", batch=2, unique_key="u", ended=None)

    store.archive.forget(store.archive.over(0, 9))

    assert store.by_unique_key("u") == "b"
