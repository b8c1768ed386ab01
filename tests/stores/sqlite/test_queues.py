"""Queues in SQLite; what a store must do is in tests/conformance."""

from perdure.stores.sqlite import SqliteStore
from tests.conformance.given import NOW


def test_a_limit_holds_for_every_handle_and_after_the_store_was_closed(tmp_path):
    one = SqliteStore(tmp_path / "perdure.db")
    one.queues.limit_concurrency("mail", 3)
    one.close()
    other = SqliteStore(tmp_path / "perdure.db")

    assert [(row.name, row.concurrency) for row in other.queues.standing(NOW)] == [("mail", 3)]
    other.close()
