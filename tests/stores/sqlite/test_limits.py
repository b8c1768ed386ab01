"""Limits in SQLite; what a store must do is in tests/conformance."""

from perdure.ports.limits import LimitRow
from perdure.stores.sqlite import SqliteStore
from perdure.stores.sqlite.statements import sql
from tests.conformance.given import apply, born, wait
from tests.conformance.test_limits import TURN, begin

LIMIT = LimitRow("order", None, 1, 1, 2, 1)


def test_a_limit_and_its_places_hold_for_every_handle_and_after_the_store_was_closed(tmp_path):
    one = SqliteStore(tmp_path / "perdure.db")
    one.limits.put(LIMIT, TURN)
    begin(one, "r1", "r2")
    one.close()
    other = SqliteStore(tmp_path / "perdure.db")

    assert [full.run for full in begin(other, "r3").full] == ["r3"]
    assert other.limits.standing() == [LIMIT._replace(live=2)]
    other.close()


def test_a_long_line_is_not_read_to_its_end():
    """Whoever begins or ends looks at as many of it as may live, whatever its length."""
    store = SqliteStore.in_memory()
    store.limits.put(LIMIT, TURN)
    begin(store, "r1", "r2")
    runs = [f"w{n}" for n in range(500)]
    apply(
        store,
        born=[born(run, status="pending") for run in runs],
        waits_made=[
            wait(run, "", 0, kind="line", name="order", due=float(n)) for n, run in enumerate(runs)
        ],
    )
    asked = {"workflow": "order", "most": 2}
    with store._database.reading() as db:
        plans = [
            row[3]
            for name in ("limits/busy", "limits/first", "limits/live")
            for row in db.execute(f"EXPLAIN QUERY PLAN {sql(name)}", asked)
        ]

    assert not [plan for plan in plans if "TEMP B-TREE" in plan]
    assert not [plan for plan in plans if plan in ("SCAN w", "SCAN p", "SCAN r")]
    store.close()
