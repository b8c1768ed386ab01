"""The keys of runs that have secrets: born with them, wrapped anew, destroyed, gone with them."""

import contextlib

from perdure.ports.vault import DataKey, KeyGone
from tests.conformance.given import NOW, apply, born, commit, moved

OLD = "master-1"
NEW = "master-2"


def key(run, **but):
    return DataKey(run, OLD, f"wrapped-{run}")._replace(**but)


def bear(store, *runs, **but):
    """Let runs be born, each with its key."""
    return apply(store, born=[born(run, **but) for run in runs], data_keys=[key(r) for r in runs])


def test_a_key_is_there_with_its_run(store):
    bear(store, "a")
    apply(store, born=[born("plain")])

    assert store.data_keys.get("a") == key("a")
    assert store.data_keys.get("plain") is None
    assert store.data_keys.get("unknown") is None


def test_a_run_that_is_not_born_leaves_no_key(store):
    bear(store, "a", start_key="once")
    bear(store, "b", start_key="once")

    assert store.data_keys.get("b") is None
    assert store.data_keys.masters() == {OLD: 1}


def test_keys_are_counted_and_listed_by_the_master_key_that_wraps_them(store):
    bear(store, "b", "a", "c")
    apply(store, born=[born("d")], data_keys=[key("d", master=NEW)])

    assert store.data_keys.masters() == {OLD: 3, NEW: 1}
    assert store.data_keys.under(OLD, 2) == [key("b"), key("a")]
    assert store.data_keys.under("no such", 2) == []


def test_a_key_is_wrapped_anew_where_it_is_still_under_the_old_master_key(store):
    bear(store, "a", "b")
    fresh = [key(run, master=NEW, wrapped=f"again-{run}") for run in ("a", "b", "unknown")]

    assert store.data_keys.rewrap(fresh[:1], OLD) == 1
    assert store.data_keys.rewrap(fresh, OLD) == 1
    assert store.data_keys.get("a") == fresh[0]
    assert store.data_keys.masters() == {NEW: 2}


def test_a_destroyed_key_says_when_and_by_whom_and_is_no_key_any_more(store):
    bear(store, "a", "b")

    gone = store.data_keys.destroy([KeyGone("a", NOW + 5, "ann"), KeyGone("unknown", NOW, "ann")])

    assert gone == ["a"]
    assert store.data_keys.get("a") == DataKey("a", OLD, None, NOW + 5, "ann")
    assert store.data_keys.masters() == {OLD: 1}
    assert store.data_keys.destroy([KeyGone("a", NOW + 9, "bob")]) == []
    assert store.data_keys.get("a").gone_by == "ann"
    assert store.data_keys.rewrap([key("a", master=NEW)], OLD) == 0


def test_a_run_may_take_its_key_with_it_when_it_moves(store):
    bear(store, "a", "b")
    gone = [KeyGone("a", NOW + 1, "its end"), KeyGone("b", NOW + 1, "its end")]

    apply(store, moved=[moved("a"), moved("b", old=7)], data_keys_gone=gone)

    assert store.data_keys.get("a").wrapped is None
    assert store.data_keys.get("b") == key("b")


def test_a_run_that_is_forgotten_leaves_no_key(store):
    bear(store, "a", "b", ended_at=NOW + 1, status="completed")

    store.archive.forget(store.archive.over(0, 1))

    assert store.data_keys.get("a") is None
    assert store.data_keys.masters() == {OLD: 1}


def test_a_transaction_that_is_rolled_back_keeps_the_key(store):
    bear(store, "a")
    with contextlib.suppress(LookupError), store.transaction() as open_:
        open_.apply(commit(moved=[moved("a")], data_keys_gone=[KeyGone("a", NOW, "x")]))
        raise LookupError

    assert store.data_keys.get("a") == key("a")
