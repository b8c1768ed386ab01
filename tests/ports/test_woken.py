"""What woke a run and what it brought are one text, and two again."""

import pytest

from perdure.ports.woken import Woken, pack_woken, unpack_woken


@pytest.mark.parametrize("payload", ['{"ok":true}', None])
@pytest.mark.parametrize(
    "woken", [Woken("signal", "go"), Woken("event", "a\nb", "7"), Woken("timeout")]
)
def test_both_come_out_as_they_went_in(woken, payload):
    assert unpack_woken(pack_woken(woken, payload)) == (woken, payload)


@pytest.mark.parametrize("payload", ['{"ok":true}', "{}", None])
def test_a_payload_of_an_older_version_stands_alone(payload):
    assert unpack_woken(payload) == (None, payload)
