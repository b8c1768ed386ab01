"""Keys of broadcasts: each is taken once."""

import pytest

from perdure.stores.rows import KEY_SECONDS
from tests.conformance.given import NOW


def take(store, *keys, now=NOW):
    with store.transaction() as open_:
        return open_.take(list(keys), now)


def test_a_key_is_taken_once(store):
    assert take(store, "a", "b") == ["a", "b"]
    assert take(store, "b", "c", "a") == ["c"]


def test_a_key_that_is_given_twice_is_taken_once(store):
    assert take(store, "b", "a", "b") == ["b", "a"]


def test_within_a_transaction_too(store):
    with store.transaction() as open_:
        assert open_.take(["a"], NOW) == ["a"]
        assert open_.take(["a"], NOW) == []


def test_a_transaction_that_is_rolled_back_takes_none(store):
    with pytest.raises(ZeroDivisionError), store.transaction() as open_:
        assert open_.take(["a"], 1 / 0 if open_.take(["a"], NOW) else NOW)

    assert take(store, "a") == ["a"]


def test_a_key_is_free_again_after_a_month(store):
    take(store, "a")

    assert take(store, "a", now=NOW + KEY_SECONDS - 1) == []
    assert take(store, "a", now=NOW + KEY_SECONDS + 1) == ["a"]
