"""Data keys in SQLite; what a store must do is in tests/conformance."""

from perdure.ports.vault import DataKey, KeyGone
from perdure.stores.sqlite import SqliteStore
from tests.conformance.given import NOW, apply, born, moved

WRAPPED = "a-wrapped-key-that-is-to-go-" * 4


def bear(store, *runs):
    apply(
        store, born=[born(run) for run in runs], data_keys=[DataKey(r, "m", WRAPPED) for r in runs]
    )


def raw(tmp_path):
    """Return the bytes of the database, with all that its log had."""
    return b"".join(path.read_bytes() for path in tmp_path.glob("perdure.db"))


def test_a_destroyed_key_is_overwritten_in_the_file(tmp_path):
    """Whether by itself or with its run's end: SQLite alone would leave it on a free place."""
    store = SqliteStore(tmp_path / "perdure.db")
    bear(store, "a", "b", "c")
    store.checkpoint()

    store.data_keys.destroy([KeyGone("a", NOW, "ann")])
    apply(store, moved=[moved("b")], data_keys_gone=[KeyGone("b", NOW, "its end")])
    store.data_keys.rewrap([DataKey("c", "n", "another")], "m")
    store.close()

    assert b"another" in raw(tmp_path)
    assert WRAPPED.encode() not in raw(tmp_path)


def test_only_for_that_what_is_deleted_is_overwritten(tmp_path):
    store = SqliteStore(tmp_path / "perdure.db")
    bear(store, "a")
    store.data_keys.destroy([KeyGone("a", NOW, "ann")])

    with store._writer.writing() as db:
        assert db.pragma("secure_delete") == 0
    store.close()


def test_keys_are_counted_by_their_index():
    store = SqliteStore.in_memory()
    with store._database.reading() as db:
        plan = "select master, count(*) from data_keys where wrapped is not null group by master"
        steps = [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {plan}")]

    assert [step.split()[-1] for step in steps] == ["data_keys_master"]
