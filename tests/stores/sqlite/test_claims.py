"""Claims in SQLite; what a store must do is in tests/conformance."""

from perdure.ports.claims import Claim
from perdure.stores.sqlite import SqliteStore
from tests.conformance.given import NOW, apply, born, commit, job

CLAIM = Claim(7, 9, ("order",))


def rows(store, table):
    with store._database.reading() as db:
        return db.execute(f"SELECT * FROM {table}").fetchall()


def claim(store, after, wanted=CLAIM):
    apply(store, commit(now=NOW + after, claim=wanted))


def queued(store, *keys):
    apply(
        store,
        born=[born(f"r{n}") for n, _ in enumerate(keys)],
        jobs_made=[job(f"r{n}", queue="mail", fair=key) for n, key in enumerate(keys)],
    )


def test_what_was_begun_is_forgotten_when_it_counts_no_more():
    store = SqliteStore.in_memory()
    store.queues.limit_rate("mail", 1, 10.0)
    queued(store, "", "", "")
    for after in (0.0, 20.0, 40.0):
        claim(store, after)

    assert rows(store, "begun") == [("mail", NOW + 40.0, 1)]


def test_turns_of_workers_that_are_long_gone_are_forgotten():
    store = SqliteStore.in_memory()
    queued(store, "a", "b")
    claim(store, 0.0, CLAIM._replace(most=1, hosts=("order", "old")))
    before = rows(store, "turns")
    claim(store, 4000.0, CLAIM._replace(most=1))

    assert [row[2] for row in before] == ["a"]
    assert [row[2:] for row in rows(store, "turns")] == [("b", NOW + 4000.0)]


def test_a_queue_without_keys_writes_no_turn():
    store = SqliteStore.in_memory()
    queued(store, "", "")
    claim(store, 0.0)

    assert rows(store, "turns") == []
    assert rows(store, "begun") == []
