"""Data keys in memory; what a store must do is in tests/conformance."""

from perdure.ports.vault import DataKey, KeyGone
from perdure.stores.memory import MemoryStore
from tests.conformance.given import NOW, apply, born, moved


def test_what_is_of_a_run_that_does_not_pass_is_not_written():
    store = MemoryStore()
    row = DataKey("a", "m", "w")
    apply(store, born=[born("a")], data_keys=[row])

    apply(store, moved=[moved("a", old=9)], data_keys_gone=[KeyGone("a", NOW, "x")])
    apply(store, data_keys=[DataKey("b", "m", "w")])

    assert store.data_keys.get("a") == row
    assert store.data_keys.masters() == {"m": 1}
