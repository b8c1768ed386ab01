"""Inputs that are marked as secret (S004-65, S004-66, A004-46)."""

import pytest

from perdure.errors import InvalidValueError
from perdure.wire.wrappers import is_wrapped, unwrapped


@pytest.mark.parametrize("kind", ["secret", "encrypted"])
def test_a_marked_input_is_taken_without_its_mark(kind):
    """S004-65, S004-66: any value may be secret; what is encrypted is passed on unchanged."""
    marked = {"type": kind, "value": {"deep": [1]}}

    assert is_wrapped(marked)
    assert unwrapped("key", marked) == {"deep": [1]}


@pytest.mark.parametrize(
    "value", ["secret", None, {"type": "secret"}, {"value": 1}, {"type": "other", "value": 1}, [1]]
)
def test_any_other_value_stays(value):
    assert not is_wrapped(value)
    assert unwrapped("key", value) == value


def test_a_key_of_a_client_is_refused_and_the_value_is_not_told():
    """A004-46: without a key id it is opaque text; with one, nobody here could open it."""
    with pytest.raises(InvalidValueError, match="inputs.data.key_id: no keys of clients") as caught:
        unwrapped("data", {"type": "encrypted", "value": "c4n4ry", "key_id": "k1"})

    assert "c4n4ry" not in str(caught.value)


def test_more_than_a_value_is_refused():
    with pytest.raises(InvalidValueError, match="inputs.key: .* not also: expires, hint"):
        unwrapped("key", {"type": "secret", "value": "x", "hint": 1, "expires": 2})
