"""Outboxes: a room for adapters."""

import perdure.outboxes


def test_it_says_what_is_in_it():
    assert "dbapi" in (perdure.outboxes.__doc__ or "")
