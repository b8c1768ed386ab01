"""A way out of a wait fits what has its name, kind and key."""

import pytest

from perdure.kernel.ways import CHILDREN, Way, coming_name, named


@pytest.mark.parametrize(
    ("way", "kind", "name", "key", "fits"),
    [
        (Way(name="go"), "signal", "go", None, True),
        (Way(name="go"), "signal", "go", "k", False),
        (Way(name="go", key="k"), "signal", "go", None, True),
        (Way(name="go", key="k"), "signal", "go", "k", True),
        (Way(name="go", key="k"), "signal", "go", "other", False),
        (Way(name="go"), "event", "go", None, False),
        (Way(name="go", kind="event"), "signal", "go", None, False),
        (Way(name="go", kind="event"), "event", "stop", None, False),
        (Way(name="go", kind="event"), "event", "go", "7", True),
        (Way(name="go", kind="event", key="7"), "event", "go", "7", True),
        (Way(name="go", kind="event", key="7"), "event", "go", "8", False),
        (Way(name="go", kind="event", key="7"), "event", "go", None, False),
    ],
)
def test_a_signal_without_a_key_ends_any_wait_and_a_wait_for_any_entity_is_ended_by_each(
    way, kind, name, key, fits
):
    assert way.fits(kind, name, key) is fits


def test_the_ways_out_of_a_wait_are_told_in_words():
    ways = (Way(name="paid"), Way(name="gone", kind="event"), Way(name="", kind=CHILDREN))

    assert named(ways) == "signal 'paid' or event 'gone' or children"


def test_a_way_may_say_how_many_children_it_needs():
    assert Way(name="", kind=CHILDREN, key="2").need == 2
    assert Way(name="", kind=CHILDREN).need is None


def test_a_signal_may_come_under_its_name_and_an_event_under_one_of_its_own():
    assert coming_name("signal", "go") == "go"
    assert coming_name("event", "go") == "event:go"
