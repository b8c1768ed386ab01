"""The row of an outbox."""

from perdure.outboxes.dbapi import TABLE
from perdure.ports.outbox import Posted


def test_its_fields_are_the_tables_columns():
    assert all(f"  {name} " in TABLE for name in Posted._fields)
