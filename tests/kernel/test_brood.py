"""Broods: the children that are waited for together."""

import pytest

from perdure.kernel.brood import NO_BROOD, Brood, pack_brood, unpack_brood

THREE = Brood(1, total=3, joined=False)


def after(brood: Brood, *ends: bool) -> Brood:
    """Return the brood once its first children have ended, each well or not."""
    for place, ok in enumerate(ends):
        brood = brood.after(place, ok=ok)
    return brood


def test_children_join_those_that_nobody_has_waited_for_yet():
    assert NO_BROOD.next_number() == 1
    assert THREE.next_number() == 1
    assert THREE.as_joined().next_number() == 2


def test_a_wait_may_ask_for_the_same_children_again():
    assert THREE.as_joined().next_number(again=True) == 1
    assert THREE.next_number(again=True) == 1
    assert NO_BROOD.next_number(again=True) == 1


def test_a_brood_of_another_number_begins_empty():
    assert THREE.as_number(1) is THREE
    assert THREE.as_number(2) == Brood(2, joined=False)
    assert THREE.with_more(2).total == 5


def test_a_childs_end_is_news_once():
    assert THREE.awaits(1, 2)
    assert not THREE.awaits(1, 3)
    assert not THREE.awaits(2, 0)
    assert not after(THREE, True).awaits(1, 0)


def test_who_has_ended_has_completed_or_failed():
    brood = after(THREE, True, False)

    assert (brood.open, brood.completed, brood.failed) == (1, 1, 1)


@pytest.mark.parametrize(
    ("ends", "need", "over"),
    [
        ((), None, False),
        ((True, True), None, False),
        ((True, False, True), None, True),
        ((), 1, False),
        ((False, False), 1, False),
        ((False, True), 1, True),
        ((False, False, False), 1, True),
        ((False,), 3, True),
        ((True, True), 3, False),
    ],
)
def test_a_wait_is_over_when_enough_have_completed_or_cannot_any_more(ends, need, over):
    assert after(THREE, *ends).suffices(need) is over


def test_a_wait_for_no_children_is_over_at_once():
    assert Brood(1).suffices(None)
    assert Brood(1).suffices(1)


def test_of_a_brood_that_was_given_up_nobody_is_left_to_wait_for():
    brood = after(THREE, True).given_up()

    assert (brood.open, brood.completed, brood.failed) == (0, 1, 2)
    assert brood.number == 1


@pytest.mark.parametrize("brood", [NO_BROOD, THREE, THREE.as_joined(), after(THREE, True, False)])
def test_a_brood_is_its_text(brood):
    assert unpack_brood(pack_brood(brood)) == brood


def test_where_there_never_was_a_child_there_is_no_text():
    assert pack_brood(NO_BROOD) is None


def test_the_text_of_a_thousand_children_does_not_grow_with_their_ends():
    brood = Brood(1, total=1000)
    for place in range(1000):
        brood = brood.after(place, ok=True)

    assert len(pack_brood(brood)) < 300
