"""Budgets over dicts; what a store must do is in tests/conformance."""

from perdure.ports.budgets import NANO, Call, Cap
from perdure.stores.memory.budgets import BudgetTables


def test_what_is_of_a_run_is_forgotten_with_it_and_no_more():
    tables = BudgetTables()
    for run in ("r1", "r2"):
        tables.caps["run", run] = Cap("run", run, NANO, "ever")
        tables.spent["run", run, ""] = 5
        tables.calls[len(tables.calls) + 1] = (Call(run, "w", "s", 1, 1, "m", 5, 0.0), None)
    tables.spent["workflow", "w", ""] = 10

    tables.forget(["r1"])

    assert [*tables.caps] == [("run", "r2")]
    assert tables.spent == {("run", "r2", ""): 5, ("workflow", "w", ""): 10}
    assert [call.run for call, _ in tables.calls.values()] == ["r2"]
