"""Handles on one database in memory, as simulated processes have them."""

import threading

import pytest

from perdure.errors import StoreBusyError, StoreLostError
from perdure.stores.sqlite import SqliteStore
from tests.conformance.given import apply, born, commit, moved, only, runs


@pytest.fixture
def pair():
    one = SqliteStore.in_memory()
    return one, one.sibling()


def test_siblings_share_their_rows(pair):
    one, other = pair
    runs(one, "r1")

    apply(other, moved=[moved("r1")])

    assert only(one.load(["r1"])).row.seq == 2


def test_stores_that_are_no_siblings_share_nothing():
    one, other = SqliteStore.in_memory(), SqliteStore.in_memory()
    runs(one, "r1")

    assert other.load(["r1"]) == {}


def test_a_sibling_of_a_sibling_is_one_of_the_first(pair):
    one, other = pair
    runs(one, "r1")

    assert other.sibling().load(["r1"]).keys() == {"r1"}


def test_others_commits_are_noticed_and_ones_own_are_not(pair):
    one, other = pair
    runs(one, "r1")
    before = one.change()
    apply(one, moved=[moved("r1")])
    after_own = one.change()
    apply(other, moved=[moved("r1", 2, 3)])

    assert before == after_own != one.change()


@pytest.mark.parametrize("wait", [True, False])
def test_within_a_transaction_no_sibling_of_the_thread_can_begin_one(pair, wait):
    one, other = pair

    with one.transaction() as tx:
        with pytest.raises(StoreBusyError), other.transaction(wait=wait):
            pytest.fail("not reached")
        tx.apply(commit(born=[born("r1")]))

    assert other.load(["r1"]).keys() == {"r1"}


def test_within_a_transaction_its_thread_may_read(pair):
    one, _ = pair
    apply(one, plans=[("h", "order", "1", "{}")])

    with one.transaction():
        assert one.plan("h") == "{}"


def test_another_thread_reads_when_the_transaction_has_ended(pair):
    one, other = pair
    seen = []
    with one.transaction() as tx:
        thread = threading.Thread(target=lambda: seen.append(other.load(["r1"]).keys()))
        thread.start()
        tx.apply(commit(born=[born("r1")]))
        before = list(seen)
    thread.join()

    assert (before, seen) == ([], [{"r1"}])


def test_a_handle_is_closed_for_itself_alone(pair):
    one, other = pair
    runs(one, "r1")
    one.close()

    with pytest.raises(StoreLostError, match="closed"):
        one.load(["r1"])
    assert other.load(["r1"]).keys() == {"r1"}


def test_a_rolled_back_transaction_changes_nothing_for_a_sibling(pair):
    one, other = pair
    before = other.change()

    with pytest.raises(ZeroDivisionError), one.transaction() as tx:
        tx.apply(commit(born=[born("r1")]))
        raise ZeroDivisionError

    assert other.load(["r1"]) == {}
    assert other.change() >= before


def test_nothing_is_locked_in_memory(pair):
    one, other = pair
    worker = one.join("host", 1, 1.0, 30.0)

    assert worker.lock is None
    assert not other.is_dead(worker)
