"""Document 003 as printed: what events start, and when."""

from datetime import timedelta

import pytest

from perdure.compat.django_ai.core import engine


class Order:
    """As an object mapper's row is: it has an id, and values."""

    def __init__(self, id_):
        self.id = id_
        self.total = 12.5


@pytest.mark.parametrize("order", [Order(5), {"id": 5}, 5, ("Order", 5)])
def test_basic_event_workflow(printed, order):
    """S003-37, S003-38, S003-36, A003-16: `event.entity` has what the entity had."""
    assert printed(261).define() == []

    answer = engine.emit("order_placed", entity=order)

    (run,) = (engine.run(started) for started in answer.started)
    assert (run.name, run.status) == ("OrderProcessingWorkflow", "completed")
    assert run.data == {
        "order_id": 5,
        "event_id": answer.event_id,
        "event_name": "order_placed",
        "entity_id": 5,
    }


def test_timing_offsets(printed, clock):
    """S003-39, S003-40, S003-41: an hour before the one event, half an hour after the other."""
    assert printed(284).define() == []
    at = clock.utc + timedelta(hours=2)
    engine.emit("appointment_due", entity=1, at=at)
    engine.emit_event("meeting_ended", entity=2, at=at)

    began = []
    for minutes in (59, 1, 89, 1):
        clock.advance(minutes=minutes)
        began.append(sorted(run.name for run in engine.runs()))

    both = ["PostMeetingFollowup", "PreAppointmentReminder"]
    assert began == [[], both[1:], both[1:], both]
    assert {run.status for run in engine.runs()} == {"completed"}


def test_an_event_is_moved_and_withdrawn(printed, clock):
    """A003-17: what is to come goes with its event."""
    printed(284).define()
    at = clock.utc + timedelta(hours=2)
    engine.emit("appointment_due", entity=1, at=at)
    engine.emit("appointment_due", entity=2, at=at)

    engine.emit("appointment_due", entity=1, at=at + timedelta(days=1))
    assert engine.withdraw("appointment_due", entity=2)

    clock.advance(days=1)
    assert engine.runs() == []
    clock.advance(hours=1)
    assert [run.data["entity_id"] for run in engine.runs()] == [1]


def test_a_time_that_has_passed_starts_at_once(printed, clock):
    """A003-17: also where no time was given."""
    printed(284).define()

    engine.emit("appointment_due", entity=1, at=clock.utc - timedelta(hours=5))
    engine.emit("appointment_due", entity=2)

    assert sorted(run.data["entity_id"] for run in engine.runs()) == [1, 2]


@pytest.fixture
def paying(printed):
    """Return a run that waits for its payment, by the block on waiting for events."""
    block = printed(179, "payment")
    assert block.define("payment") == []
    return engine.start("payment", order_id=7)


def test_waiting_for_an_event(paying):
    """S003-35, S003-36, A003-15: the payload and the event's marks are in the context."""
    assert (paying.refresh().status, paying.current_step) == ("waiting", "wait_for_payment")

    answer = engine.emit("payment_received", entity=Order(5), payload={"amount": 12.5})

    assert answer.woken == (paying.id,)
    paying.refresh_from_db()
    assert (paying.status, paying.data) == (
        "completed",
        {
            "order_id": 7,
            "amount": 12.5,
            "event_id": answer.event_id,
            "event_name": "payment_received",
            "entity_id": 5,
            "fulfilled": True,
        },
    )


def test_an_event_that_does_not_come_in_time(paying, clock):
    """S003-35: after 48 hours the step named by `on_timeout` runs."""
    clock.advance(hours=48)

    paying.refresh_from_db()
    assert (paying.status, paying.data["cancelled"]) == ("completed", True)
    assert engine.emit("payment_received").woken == ()


def test_an_event_that_is_announced_wakes_at_its_time(paying, clock):
    engine.emit("payment_received", entity=5, at=clock.utc + timedelta(hours=2))

    clock.advance(hours=1)
    assert paying.refresh().status == "waiting"
    clock.advance(hours=1)
    assert paying.refresh().status == "completed"
