"""The mailbox as statements; what any store does is in tests/conformance/test_mailbox.py."""

import apsw

from perdure.stores.sqlite.migrations import migrate
from perdure.stores.sqlite.statements import sql


def plan_of(statement, **asked):
    db = apsw.Connection(":memory:")
    with db:
        migrate(db, "p.db")
    return [row[-1] for row in db.execute(f"EXPLAIN QUERY PLAN {sql(statement)}", asked)]


def test_letters_are_found_by_their_names_and_keys():
    steps = plan_of("mailbox/called", rows="[]", batch=1, now=1.0)

    assert any("mailbox_key (name=? AND key=?)" in step for step in steps)


def test_what_is_over_is_found_by_its_time():
    assert any("mailbox_until" in step for step in plan_of("mailbox/expired", number=1))
