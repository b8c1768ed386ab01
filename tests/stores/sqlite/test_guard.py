"""A guard says no, and why."""

import pytest

from perdure.errors import StoreLostError
from perdure.stores.sqlite.guard import Guard


def test_there_is_no_reason_to_begin_with():
    guard = Guard("p.db")

    guard.check()

    assert guard.is_open


def test_the_first_reason_is_kept():
    guard = Guard("p.db")
    guard.lose("was lost.")
    guard.lose("was closed.")

    assert not guard.is_open
    with pytest.raises(StoreLostError, match=r"p\.db was lost"):
        guard.check()
