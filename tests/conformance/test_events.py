"""Events and what they start: kept when told, taken once when due, moved and withdrawn as a whole."""

import pytest

from perdure.errors import StoreRefusedError
from perdure.ports.events import Due, Firing, Standing, Told, Trigger, Whose
from tests.conformance.given import NOW, commit, moved, runs, wait, written

BEFORE = Trigger("remind", "due", -60.0, 0, "1", "plan_a")
AFTER = Trigger("follow", "due", 30.0, 0, "2", "plan_b")
WHOSE = Whose("due", "Meeting", "5", None)


def told(id_="e1", at=NOW + 100, **but):
    return Told(id_, *WHOSE, at, NOW, '{"entity_id":5}')._replace(**but)


@pytest.fixture
def hosting(store):
    """A store that knows two triggers of one event."""
    with store.transaction() as tx:
        tx.events.host([BEFORE, AFTER], ["remind", "follow"], NOW)
    return store


def tell(store, *events):
    with store.transaction() as tx:
        for event in events:
            tx.events.tell(event)
            tx.events.schedule(event)


def take(store, now, most=10, event=None):
    with store.transaction() as tx:
        return tx.events.take_due(now, most, event)


def dues(store, *events):
    return [(each.workflow, each.due) for each in store.events.firings(events)]


def test_a_store_that_knows_no_events(store):
    assert store.events.triggers() == []
    assert store.events.next_due() is None
    assert store.events.find() == []
    assert store.events.firings(["e1"]) == []
    assert take(store, NOW) == []


def test_triggers_are_shown_as_they_were_said(hosting):
    assert hosting.events.triggers() == [BEFORE, AFTER]


def test_a_trigger_stands_with_what_is_to_come_of_it_and_when_it_was_hosted(hosting):
    tell(hosting, told(), told("e2", key="k"), told("e3", name="else"))
    with hosting.transaction() as tx:
        tx.events.seen(["follow", "unknown"], NOW + 5)

    take(hosting, NOW + 40, most=1)

    assert hosting.events.standing() == [
        Standing("remind", "due", -60.0, NOW, 1),
        Standing("follow", "due", 30.0, NOW + 5, 2),
    ]


def test_what_nobody_has_hosted_since_is_found(hosting):
    with hosting.transaction() as tx:
        tx.events.seen(["follow"], NOW + 5)

    with hosting.transaction() as tx:
        found = [tx.events.unseen(at) for at in (NOW, NOW + 5, NOW + 6)]

    assert found == [[], ["remind"], ["follow", "remind"]]


def test_an_event_has_a_firing_for_each_trigger_and_for_those_who_wait(hosting):
    tell(hosting, told())

    assert hosting.events.firings(["e1", "other"]) == [
        Firing("e1", "remind", -60.0, NOW + 40),
        Firing("e1", "", 0.0, NOW + 100),
        Firing("e1", "follow", 30.0, NOW + 130),
    ]
    assert hosting.events.next_due() == NOW + 40


def test_events_are_found_by_name_the_latest_time_first(hosting):
    events = [told("e1"), told("e2", at=NOW + 300, key="k"), told("e3", at=NOW + 200, name="else")]
    tell(hosting, *events)

    assert hosting.events.find() == [events[1], events[2], events[0]]
    assert hosting.events.find("due") == [events[1], events[0]]
    assert hosting.events.find(most=1) == [events[1]]


def test_a_firing_is_taken_when_it_is_due_and_once(hosting):
    tell(hosting, told())

    assert take(hosting, NOW + 39.999) == []
    assert take(hosting, NOW + 40) == [Due(told(), "remind", -60.0, NOW + 40, "1", "plan_a")]
    assert take(hosting, NOW + 40) == []
    assert [due.workflow for due in take(hosting, NOW + 500)] == ["", "follow"]
    assert hosting.events.next_due() is None


def test_the_most_overdue_are_taken_first_and_no_more_than_asked_for(hosting):
    tell(hosting, told("e1", at=NOW + 200), told("e2", at=NOW + 100))

    assert [(due.event.id, due.workflow) for due in take(hosting, NOW + 999, most=4)] == [
        ("e2", "remind"), ("e2", ""), ("e2", "follow"), ("e1", "remind"),
    ]  # fmt: skip


def test_one_events_firings_can_be_taken_alone(hosting):
    tell(hosting, told("e1"), told("e2"))

    assert {due.event.id for due in take(hosting, NOW + 999, event="e2")} == {"e2"}
    assert len(hosting.events.firings(["e1"])) == 3


def test_an_event_that_is_told_again_is_moved(hosting):
    tell(hosting, told())
    take(hosting, NOW + 40)

    tell(hosting, told(at=NOW + 500))

    assert dues(hosting, "e1") == [("remind", NOW + 440), ("", NOW + 500), ("follow", NOW + 530)]
    assert hosting.events.find() == [told(at=NOW + 500)]


def test_a_trigger_may_skip_what_has_passed(store):
    with store.transaction() as tx:
        tx.events.host([BEFORE._replace(skips=1), AFTER], ["remind", "follow"], NOW)

    tell(store, told(at=NOW + 59), told("e2", at=NOW + 60))

    assert dues(store, "e1") == [("", NOW + 59), ("follow", NOW + 89)]
    assert [workflow for workflow, _ in dues(store, "e2")] == ["remind", "", "follow"]


def test_a_name_is_awaited_while_a_run_waits_for_an_event_of_it(store):
    runs(store, "r1")
    rows = [
        wait("r1", "b", kind="event", name="paid"),
        wait("r1", "c", name="due"),
        wait("r1", "d", kind="coming", name="event:sent"),
        wait("r1", "e", kind="coming", name="called"),
    ]
    with store.transaction() as tx:
        tx.apply(commit(moved=[moved("r1")], waits_made=rows, history=[written("r1", 2)]))
        assert [tx.events.is_awaited(name) for name in ("paid", "due", "go")] == [
            True,
            False,
            False,
        ]


def test_what_is_withdrawn_is_forgotten_with_all_that_was_to_come_of_it(hosting):
    tell(hosting, told("e1"), told("e2", key="k"), told("e3", entity=None))

    with hosting.transaction() as tx:
        gone = tx.events.withdraw(WHOSE)
        again = tx.events.withdraw(WHOSE)

    assert (gone, again) == (3, 0)
    assert [event.id for event in hosting.events.find()] == ["e3", "e2"]
    assert dues(hosting, "e1") == []


def test_nothing_of_a_transaction_that_raises_is_kept(hosting):
    def broken():
        with hosting.transaction() as tx:
            tx.events.tell(told())
            tx.events.schedule(told())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken()

    assert hosting.events.find() == []
    assert hosting.events.next_due() is None


def test_a_transaction_sees_what_it_has_done(hosting):
    with hosting.transaction() as tx:
        assert tx.events.at("e1") is None
        tx.events.tell(told())
        assert tx.events.at("e1") == NOW + 100
        assert tx.events.of_key("k") is None
        tx.events.keep_key("k", "e1", NOW)
        assert tx.events.of_key("k") == "e1"


def test_a_trigger_that_comes_later_has_firings_for_what_is_to_come(store):
    tell(store, told("e1", at=NOW + 100), told("e2", at=NOW + 30), told("e3", at=NOW - 5))

    with store.transaction() as tx:
        tx.events.host([BEFORE, AFTER], ["remind", "follow"], NOW)

    fired = [firing[:2] for firing in store.events.firings(["e1", "e2", "e3"]) if firing.workflow]
    assert fired == [("e1", "remind"), ("e2", "follow"), ("e1", "follow")]


def test_a_trigger_that_was_there_fires_no_second_time(hosting):
    tell(hosting, told())
    take(hosting, NOW + 40)

    with hosting.transaction() as tx:
        tx.events.host([AFTER._replace(plan="plan_c")], ["follow"], NOW + 50)

    assert dues(hosting, "e1") == [("", NOW + 100), ("follow", NOW + 130)]
    assert [due.plan for due in take(hosting, NOW + 130)] == ["", "plan_c"]


def test_firings_whose_trigger_is_gone_are_gone(hosting):
    tell(hosting, told())

    with hosting.transaction() as tx:
        tx.events.host([AFTER._replace(shift=31.0)], ["remind", "follow"], NOW)

    assert dues(hosting, "e1") == [("", NOW + 100), ("follow", NOW + 131)]
    assert [trigger.shift for trigger in hosting.events.triggers()] == [31.0]


def test_other_workflows_keep_their_triggers(hosting):
    tell(hosting, told())

    with hosting.transaction() as tx:
        tx.events.host([], ["remind"], NOW)

    assert hosting.events.triggers() == [AFTER]
    assert dues(hosting, "e1") == [("", NOW + 100), ("follow", NOW + 130)]


def test_an_event_is_dropped_only_if_nothing_is_to_come_of_it(hosting):
    tell(hosting, told("e1"), told("e2"))
    take(hosting, NOW + 999, event="e1")

    with hosting.transaction() as tx:
        for event in ("e1", "e2", "e3"):
            tx.events.drop(event)

    assert [event.id for event in hosting.events.find()] == ["e2"]


def test_what_is_long_over_is_forgotten(hosting):
    tell(hosting, told("e1", at=NOW - 10), told("e2", at=NOW - 10), told("e3", at=NOW + 10))
    take(hosting, NOW + 999, event="e1")
    with hosting.transaction() as tx:
        tx.events.keep_key("old", "e1", NOW - 10)
        tx.events.keep_key("new", "e1", NOW)

        tx.events.forget(NOW)

        assert (tx.events.of_key("old"), tx.events.of_key("new")) == (None, "e1")
    assert [event.id for event in hosting.events.find()] == ["e3", "e2"]


@pytest.mark.parametrize("event", [told(entity="\ud800"), told(key="\ud800")])
def test_what_no_database_keeps_is_refused(store, event):
    with pytest.raises(StoreRefusedError), store.transaction() as tx:
        tx.events.tell(event)
