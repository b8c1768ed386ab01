"""Who is to have a signal, and what is put or announced for them."""

import pytest

from perdure.app.addresses import Addressee, address, addressee, encode_payload, message_to
from perdure.errors import InvalidValueError
from perdure.ports.commit import InboxMade


def test_one_run_has_it_put_and_all_others_have_it_announced():
    to_one = address("go", "{}", Addressee("r1", idempotency_key="i"), 5.0)
    to_all = address("go", "{}", Addressee(key="7", workflow="w", match='{"n":1}', keep=3.0), 5.0)

    assert to_one == InboxMade("r1", '["Signal",0,"go",null,true]', "{}", "i")
    assert (to_all.key, to_all.workflow, to_all.match, to_all.until) == ("7", "w", '{"n":1}', 8.0)
    assert to_all.message == '["Signal",0,"go","7",true,"signal","{\\"n\\":1}"]'


def test_without_a_key_nothing_is_kept_for_later():
    assert address("go", None, Addressee(), 5.0).until is None
    assert message_to(Addressee(), "go") == '["Signal",0,"go",null,false]'


def test_a_key_is_text_as_a_wait_keeps_it():
    assert addressee(None, 7, None, None, None, 1.0).key == "7"
    assert addressee(None, None, None, None, {"a": 1, "b": None}, 1.0).match == '{"a":1,"b":null}'


def test_what_narrows_it_is_told():
    assert not Addressee(idempotency_key="i").is_narrow
    assert all(to.is_narrow for to in (Addressee("r"), Addressee(key="k"), Addressee(match="{}")))


@pytest.mark.parametrize("payload", ["x", 3, [1]])
def test_a_payload_is_a_mapping(payload):
    with pytest.raises(InvalidValueError, match="a payload is a mapping"):
        encode_payload(payload)
