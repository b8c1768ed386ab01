"""What a database keeps beside the ledger's rows."""

from perdure.stores.sqlite import SqliteStore
from perdure.stores.sqlite.keepers import Keepers


def test_a_store_keeps_each_part_under_its_name():
    store = SqliteStore.in_memory()

    assert isinstance(store, Keepers)
    assert store.archive.over(0, 1) == []
    assert store.queues.standing(0.0) == []
    assert store.limits.standing() == []
    assert store.budgets.standing(0.0) == []
    store.close()
