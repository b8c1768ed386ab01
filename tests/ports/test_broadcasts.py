"""What is known of a broadcast on its way."""

from perdure.ports.broadcasts import Delivery


def test_a_slice_is_kept_for_nobody_unless_it_says_so():
    assert not Delivery([], False, []).mailed
