"""The memory store's lock and its end."""

import threading

import pytest

from perdure.errors import StoreBusyError, StoreLostError
from perdure.stores.memory import MemoryStore
from tests.conformance.given import apply, born, commit, only


@pytest.fixture
def store():
    return MemoryStore()


def test_a_thread_that_does_not_wait_is_told_that_another_one_writes(store):
    seen = []

    def try_to_write():
        try:
            with store.transaction(wait=False):
                seen.append("wrote")
        except StoreBusyError:
            seen.append("busy")

    with store.transaction():
        thread = threading.Thread(target=try_to_write)
        thread.start()
        thread.join()

    assert seen == ["busy"]


def test_a_thread_that_waits_writes_when_the_other_has_ended(store):
    with store.transaction() as tx:
        thread = threading.Thread(target=apply, args=(store, commit(born=[born("r2")])))
        thread.start()
        tx.apply(commit(born=[born("r1")]))
    thread.join()

    assert store.load(["r1", "r2"]).keys() == {"r1", "r2"}


def test_a_transaction_within_a_transaction_is_refused(store):
    with store.transaction(), pytest.raises(StoreBusyError), store.transaction():
        pytest.fail("not reached")

    apply(store, born=[born("r1")])

    assert only(store.load(["r1"])).row.seq == 1


def test_a_closed_store_is_not_used_again(store):
    store.close()

    with pytest.raises(StoreLostError, match="closed"):
        store.load(["r1"])
    with pytest.raises(StoreLostError, match="closed"), store.transaction():
        pytest.fail("not reached")
