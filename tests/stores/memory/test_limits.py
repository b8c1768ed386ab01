"""Limits over dicts; what a store must do is in tests/conformance."""

import pytest

from perdure.errors import StoreLostError
from perdure.ports.limits import LimitRow
from perdure.stores.memory import MemoryStore


def test_a_store_that_was_closed_has_no_limits():
    store = MemoryStore()
    store.limits.put(LimitRow("order", None, 1, 1, 2, 1), "")
    store.close()

    with pytest.raises(StoreLostError):
        store.limits.standing()
