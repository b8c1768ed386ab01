"""Queues over dicts; what a store must do is in tests/conformance."""

import pytest

from perdure.errors import StoreLostError
from perdure.stores.memory import MemoryStore
from tests.conformance.given import NOW


def test_a_store_that_was_closed_has_no_queues():
    store = MemoryStore()
    store.queues.limit_concurrency("mail", 3)
    store.close()

    with pytest.raises(StoreLostError):
        store.queues.standing(NOW)
