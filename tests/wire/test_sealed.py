"""What marks sealed values, and what is shown of them."""

import pytest

from perdure.wire.encoding import decode, encode
from perdure.wire.sealed import (
    PRIVATE,
    SECRET,
    VAULT,
    Settings,
    has_vault,
    input_place,
    read_sealed,
    sealed_value,
    settings_of,
    shown,
    shown_inputs,
    with_vault,
)


def test_a_run_has_a_vault_if_its_inputs_begin_by_saying_so():
    asked = Settings(encrypts=True, audits=True, by="ann", at=5.0)
    inputs = with_vault(asked, {"url": "u"})

    assert has_vault(inputs)
    assert settings_of(inputs) == asked
    assert decode(inputs)["url"] == "u"


@pytest.mark.parametrize(
    "value", [{}, {"a": {VAULT: []}}, {"a": f'{{"{VAULT}":'}, {"a": 1, VAULT: []}]
)
def test_nothing_else_has_one(value):
    assert not has_vault(encode(value))
    assert settings_of(encode(value)) is None


def test_a_sealed_value_is_an_object_of_one_name():
    assert read_sealed(sealed_value(SECRET, "abc:d")) == (SECRET, "abc:d")


@pytest.mark.parametrize(
    "value",
    [
        *(None, "secret:x", [], {}),
        {"$sealed": 5},
        {"$sealed": "other:x"},
        {"$sealed": "secret"},
        {"$sealed": "secret:x", "more": 1},
    ],
)
def test_other_values_are_not_sealed(value):
    assert read_sealed(value) is None
    assert shown(value) == value


def test_what_is_sealed_is_not_shown():
    assert shown(sealed_value(SECRET, "x")) == "<secret>"
    assert shown(sealed_value(PRIVATE, "x")) == "<encrypted>"
    assert shown(sealed_value(SECRET, "x"), gone=True) == "<secret, deleted>"


def test_inputs_are_shown_without_what_perdure_says_among_them():
    inputs = with_vault(Settings(), {"key": sealed_value(SECRET, "x"), "n": 1})

    assert shown_inputs(inputs) == {"key": "<secret>", "n": 1}
    assert shown_inputs(inputs, gone=True) == {"key": "<secret, deleted>", "n": 1}
    assert shown_inputs('{"$sealed":"secret:x"}') == {"$sealed": "secret:x"}


def test_an_input_is_bound_to_a_place_that_no_step_has():
    assert input_place("key") == "workflow.input.key"
