"""What conformance cannot see: what fails leaves nothing."""

import pytest

from perdure.errors import StoreRefusedError
from perdure.stores.memory import MemoryStore
from tests.conformance.test_definitions import definition


def test_one_that_is_refused_changes_nothing():
    store = MemoryStore()
    store.definitions.add(definition())

    with pytest.raises(StoreRefusedError):
        store.definitions.add(definition(name="other"))

    assert list(store._tables.definitions) == ["wf_1"]
    assert len(store._tables.definitions["wf_1"]) == 1
