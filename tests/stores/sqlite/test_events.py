"""How SQLite is asked for events: in the order of its indexes, so that nothing is sorted."""

import pytest

from perdure.stores.sqlite import SqliteStore
from perdure.stores.sqlite.statements import sql
from tests.conformance.given import NOW


@pytest.mark.parametrize("name", ["events/due", "events/find"])
def test_the_first_of_many_are_found_without_sorting_them(name):
    db = SqliteStore.in_memory()._database.shared.connection

    rows = db.execute(f"EXPLAIN QUERY PLAN {sql(name)}", {"now": NOW, "most": 10}).fetchall()

    assert "TEMP B-TREE" not in str(rows)
