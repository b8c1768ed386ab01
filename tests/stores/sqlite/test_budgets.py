"""Budgets in SQLite; what a store must do is in tests/conformance."""

from perdure.ports.budgets import NANO, BudgetRow, Call, Cap
from perdure.stores.sqlite import SqliteStore
from tests.conformance.given import NOW

CAP = Cap("run", "r1", 10 * NANO, "ever")


def test_what_is_reserved_holds_for_every_handle_and_after_the_store_was_closed(tmp_path):
    one = SqliteStore(tmp_path / "perdure.db")
    one.budgets.put(CAP)
    number = one.budgets.reserve(Call("r1", "w", "ask", 1, 1, "m", 4 * NANO, NOW), ()).number
    one.close()
    other = SqliteStore(tmp_path / "perdure.db")

    assert other.budgets.standing(NOW) == [BudgetRow(CAP, 4 * NANO)]
    assert other.budgets.settle(number, NANO)
    assert not other.budgets.settle(number, NANO)
    assert other.budgets.spent(CAP, NOW) == NANO
    other.close()
