"""What conformance cannot see: a revision is written with its definition, or neither is."""

import pytest

from perdure.errors import StoreError
from perdure.stores.sqlite import SqliteStore
from tests.conformance.test_definitions import definition


def test_one_whose_revision_cannot_be_written_is_not_there():
    store = SqliteStore.in_memory()

    with pytest.raises(StoreError):
        store.definitions.add(definition(body=None))

    assert store.definitions.get("wf_1") is None
    assert store.definitions.add(definition()) == "wf_1"
