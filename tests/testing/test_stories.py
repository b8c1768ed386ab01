"""Given a history, when something happens, then that follows."""

from datetime import timedelta

import pytest

from perdure import complete, fail, goto, sleep, wait
from perdure.errors import InvalidStepResultError
from perdure.kernel import history
from perdure.testing import Story, given
from perdure.testing.stories import StoryError
from tests.testing.flows import REGISTRY, WEEK, Order, Reminder

ASKED = wait.for_signal("payment", timeout=WEEK, on_timeout="give_up")


def test_a_story_begins_at_the_first_step():
    story = given(Order)

    assert (story.status, story.at, story.visit, story.attempt) == ("running", "ask", 1, 1)


def test_a_signal_ends_a_wait():
    story = given(Order).returned(ASKED)
    assert (story.status, story.waits_for, story.goes_on_in) == ("waiting", "payment", WEEK)

    story.signalled("payment")

    assert (story.status, story.at, story.waits_for) == ("running", "ship", None)
    assert any(isinstance(event, history.SignalTaken) for event in story.new)


def test_one_that_comes_early_is_kept_and_another_key_is_passed_by():
    early = given(Order).signalled("payment").returned(ASKED)
    keyed = given(Order).returned(wait.for_signal("payment", key=5, then="ship"))

    assert early.at == "ship"
    assert keyed.signalled("payment", key="6").at == "ask"
    assert keyed.signalled("payment", key="5").at == "ship"


def test_a_timeout_leads_to_its_step():
    story = given(Order).returned(ASKED).passed(days=6)
    assert story.at == "ask"

    story.passed(timedelta(days=1))

    assert (story.status, story.at) == ("running", "give_up")


def test_a_step_that_raises_is_tried_again_until_its_policy_gives_up():
    story = given(Order).returned(ASKED).signalled("payment").raised(ConnectionError("no"))
    assert (story.status, story.attempt, story.goes_on_in) == ("waiting", 2, timedelta(minutes=1))

    story.passed(minutes=1).raised(ConnectionError("no")).passed(minutes=10)
    assert (story.status, story.attempt) == ("running", 3)
    story.raised(ConnectionError("never"))
    assert (story.status, story.at, story.error) == ("failed", "ship", "never")
    assert (story.retried().status, story.visit) == ("running", 2)


def test_a_sleep_enters_its_step_again():
    story = given(Reminder).returned(sleep(60)).passed(60)

    assert (story.at, story.visit) == ("remind", 2)


def test_a_process_that_dies_costs_an_attempt():
    story = given(Reminder).died()

    assert (story.status, story.attempt) == ("running", 2)


def test_a_run_ends_as_its_steps_say_or_by_request():
    assert given(Reminder).returned(goto("end")).returned(complete(n=1)).status == "completed"
    assert given(Reminder).returned(fail("no more")).error == "no more"
    assert given(Order).returned(ASKED).cancelled().status == "cancelled"


def test_a_paused_run_begins_no_step():
    story = given(Reminder).paused().returned(goto("end"))
    assert (story.at, story.attempt) == ("end", None)

    assert story.resumed().attempt == 1


def test_what_cannot_happen_now_is_refused():
    asked = given(Order).returned(ASKED)

    with pytest.raises(StoryError, match="no step is under way: the run is waiting at 'ask'"):
        asked.returned(complete())
    with pytest.raises(InvalidStepResultError, match="no such step"):
        given(Order).returned(goto("nowhere"))
    with pytest.raises(StoryError):  # the retry has a delay
        given(Reminder).raised(ConnectionError()).returned(complete())


def test_a_workflow_of_another_registry_may_be_given():
    story = Story(REGISTRY.get("kit_order")).returned(ASKED)

    assert story.at == "ask"
    assert len(story.events) > len(story.new) > 0
