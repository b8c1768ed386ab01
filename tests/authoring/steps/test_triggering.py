"""`@event_workflow` makes a class a workflow, and says which events start it."""

import pytest

from perdure.authoring.registry import Registry, StartedBy
from perdure.authoring.steps.decorators import step, workflow
from perdure.authoring.steps.triggering import event_workflow
from perdure.errors import DefinitionError


@pytest.fixture
def registry():
    return Registry()


def make():
    class Reminder:
        @step(start=True)
        def remind(self):
            raise NotImplementedError

    return Reminder


def test_the_class_is_a_workflow_of_its_own_name(registry):
    cls = event_workflow("due", offset_minutes=-60, registry=registry)(make())

    flow = registry.named(cls)
    assert (flow.name, flow.started_by) == ("Reminder", (StartedBy("due", -3600.0, skips=False),))
    assert registry.code() == [flow]


def test_name_version_and_what_is_missed_can_be_said(registry):
    event_workflow("due", name="r", version="2", missed="skip", registry=registry)(make())

    flow = registry.get("r")
    assert (flow.plan.version, flow.started_by) == ("2", (StartedBy("due", 0.0, skips=True),))


def test_a_class_may_be_started_by_several_events(registry):
    cls = make()
    for shift in (0, 30):
        event_workflow("due", offset_minutes=shift, registry=registry)(cls)
    event_workflow("due", offset_minutes=30, missed="skip", registry=registry)(cls)

    assert registry.get("Reminder").started_by == (
        StartedBy("due", 0.0, skips=False),
        StartedBy("due", 1800.0, skips=True),
    )
    assert registry.names() == ["Reminder"]


def test_a_workflow_may_be_started_by_an_event_as_well(registry):
    cls = workflow("by_hand", registry=registry)(make())
    event_workflow("due", registry=registry)(cls)

    assert registry.names() == ["by_hand"]
    assert registry.get("by_hand").started_by == (StartedBy("due", 0.0, skips=False),)


def test_under_another_name_it_is_another_workflow(registry):
    cls = workflow("by_hand", registry=registry)(make())
    event_workflow("due", name="by_event", registry=registry)(cls)

    assert registry.names() == ["by_event", "by_hand"]
    assert registry.get("by_hand").started_by == ()


def test_a_class_that_is_declared_again_replaces_itself(registry):
    for shift in (10, 20):
        event_workflow("due", offset_minutes=shift, registry=registry)(make())

    assert registry.get("Reminder").started_by == (StartedBy("due", 1200.0, skips=False),)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"event": " "}, "the event's name is text"),
        ({"event": make()}, 'Write @event_workflow("...") above Reminder'),
        ({"event": "due", "offset_minutes": "1"}, "it is a number of minutes after the event"),
        ({"event": "due", "offset_minutes": float("inf")}, "it is a number of minutes"),
        ({"event": "due", "missed": "no"}, 'it is "run" or "skip"'),
    ],
)
def test_what_makes_no_sense_is_refused(said, told):
    with pytest.raises(DefinitionError) as raised:
        event_workflow(**said)

    assert told in str(raised.value)


def test_it_stands_above_a_class():
    with pytest.raises(DefinitionError, match="Write it above a class"):
        event_workflow("due")(len)
