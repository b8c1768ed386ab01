"""What must hold between parents and children is held to."""

from perdure.kernel.brood import Brood
from perdure.stores.sqlite import SqliteStore
from perdure.testing.simulation.kinship import Kinship


def test_a_brood_without_children_has_nobody_who_lives():
    store = SqliteStore.in_memory()

    assert not Kinship(store, {}, set()).has_live("run-1", Brood(1))
    store.close()


def test_a_transaction_that_touches_no_family_breaks_no_rule():
    store = SqliteStore.in_memory()

    Kinship(store, {}, set()).settle()
    store.close()
