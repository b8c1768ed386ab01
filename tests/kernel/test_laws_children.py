"""What holds for the children of every run, whatever it is told."""

import pytest
from hypothesis import given

from perdure.kernel import history
from perdure.kernel.run import Joining
from tests.kernel.stories import Story, stories

pytestmark = pytest.mark.simulation  # so `make nightly` runs many more of them


@given(stories())
def test_each_child_that_is_counted_was_started_and_is_counted_once(story: Story):
    started: set[tuple[int, int]] = set()
    counted: set[tuple[int, int]] = set()
    for event in story.events:
        if type(event) is history.ChildrenStarted:
            places = {(event.brood, event.first + n) for n in range(event.count)}

            assert event.count > 0
            assert not places & started
            started |= places
        elif type(event) is history.ChildEnded:
            assert (event.brood, event.place) in started - counted
            counted.add((event.brood, event.place))


@given(stories())
def test_a_run_waits_for_children_only_while_the_wait_is_not_over(story: Story):
    for told in story.told:
        joins = [entry for entry in told.after.open.values() if type(entry) is Joining]

        assert all(not told.after.brood.suffices(join.need) for join in joins), told


@given(stories())
def test_a_wait_for_children_ends_once_by_them_or_its_timeout_or_a_call_off(story: Story):
    open_: set[tuple[str, int]] = set()
    for event in story.events:
        match event:
            case history.JoinBegun():
                assert (event.step, event.visit) not in open_
                open_.add((event.step, event.visit))
            case history.JoinEnded() | history.TimerEnded(kind="children", fired=True):
                open_.remove((event.step, event.visit))

    assert open_ == {
        (step, entry.visit) for step, entry in story.run.open.items() if type(entry) is Joining
    }


@given(stories())
def test_a_brood_that_was_waited_for_takes_no_more_children(story: Story):
    joined: set[int] = set()
    last = 0
    for event in story.events:
        if type(event) is history.JoinBegun:
            assert event.brood >= last
            joined.add(event.brood)
            last = event.brood
        elif type(event) is history.ChildrenStarted:
            assert event.brood not in joined
            assert event.brood >= last
            last = event.brood


@given(stories())
def test_nobody_waits_for_children_that_were_called_off(story: Story):
    for told in story.told:
        if told.after.ended:  # nor after a retry
            assert told.after.brood.open == 0
