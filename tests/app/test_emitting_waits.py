"""Runs that wait for events are woken by them, by entity, by what is told, and at its time."""

from datetime import timedelta

import pytest
from pydantic import BaseModel

from perdure import complete, get_context, goto, step, wait, wait_for_event, workflow
from perdure.authoring.registry import Registry
from perdure.testing.sandbox import Sandbox

REGISTRY = Registry()


class Order(BaseModel):
    id: int


@workflow("paying", registry=REGISTRY)
class Paying:
    class Context(BaseModel):
        order: int
        currency: str = ""
        way: str = ""

    @step(start=True)
    def ask(self):
        context = get_context()
        return wait_for_event(
            "paid",
            entity=Order(id=context.order) if context.order else None,
            match={"currency": context.currency} if context.currency else None,
            timeout=timedelta(days=2),
            on_timeout=self.late,
        )

    @step()
    def settle(self):
        get_context().way = "paid"
        return complete()

    @step()
    def late(self):
        return complete(way="late")


@workflow("first_of_two", registry=REGISTRY)
class FirstOfTwo:
    @step(start=True)
    def ask(self):
        return wait.any(
            wait.for_event("paid", then=self.paid),
            wait.for_signal("called off", then=self.off),
            timeout=60,
        )

    @step()
    def paid(self):
        return complete(way="paid")

    @step()
    def off(self):
        return complete(way="off")


@workflow("polite", registry=REGISTRY)
class Polite:
    """It pays, and goes to wait for the event that this brings about."""

    class Context(BaseModel):
        early: bool = False

    @step(start=True)
    def charge(self):
        ENGINES[-1].emit("paid", entity=1, payload={"early": True})
        return goto(self.ask)

    @step()
    def ask(self):
        return wait_for_event("paid", then=self.done)

    @step()
    def done(self):
        return complete()


ENGINES = []


@pytest.fixture
def engine():
    with Sandbox(registry=REGISTRY) as made:
        ENGINES.append(made)
        yield made
        ENGINES.pop()


def paying(engine, order=0, currency=""):
    return engine.start("paying", order=order, currency=currency)


def ways(*runs):
    return [run.refresh().data["way"] for run in runs]


def test_an_event_wakes_all_who_wait_for_any_entity(engine):
    runs = [paying(engine), paying(engine)]

    answer = engine.emit("paid", entity=("Order", 5), payload={"amount": 3})

    assert sorted(answer.woken) == sorted(run.id for run in runs)
    assert ways(*runs) == ["paid", "paid"]
    assert runs[0].data["amount"] == 3
    assert runs[0].data["entity_id"] == 5


@pytest.mark.parametrize("entity", [Order(id=5), ("Anything", 5), 5, "5", {"id": 5}])
def test_who_waits_for_an_entity_has_the_events_about_its_id(engine, entity):
    mine, other = paying(engine, 5), paying(engine, 6)

    answer = engine.emit("paid", entity=entity)

    assert answer.woken == (mine.id,)
    assert ways(mine, other) == ["paid", ""]
    assert engine.emit("paid").woken == ()


def test_who_waits_for_values_has_the_events_that_bring_them(engine):
    euro, dollar = paying(engine, currency="EUR"), paying(engine, currency="USD")

    answers = engine.emit("paid", payload={"currency": "USD"}), engine.emit("paid")

    assert [answer.refused for answer in answers] == [(), ()], "they were for others"
    assert ways(euro, dollar) == ["", "paid"]


@pytest.mark.parametrize("announced", [False, True])
def test_what_does_not_fit_the_context_wakes_nobody_and_is_said_to_be_refused(
    engine, announced, caplog
):
    run = paying(engine)
    at = engine.clock.utc + timedelta(hours=1) if announced else None

    answer = engine.emit("paid", entity=1, at=at, payload={"currency": 7})
    engine.clock.advance(hours=1)

    why = 'currency: 7 is not of type "string"'
    assert answer.refused == (() if announced else ((run.id, why),))
    assert answer.woken == ()
    assert run.refresh().status == "waiting"
    assert why in caplog.text
    assert engine.emit("paid", payload={"currency": "EUR"}).woken == (run.id,)


def test_a_run_that_may_come_to_its_wait_does_not_keep_what_does_not_fit(engine):
    run = engine.start("polite", delay=1)
    engine.pause(run.id)
    engine.clock.advance(seconds=1)

    answer = engine.emit("paid", payload={"early": 7})

    assert (answer.kept, answer.refused) == ((), ((run.id, 'early: 7 is not of type "boolean"'),))


def test_a_wait_that_no_event_ends_in_time_goes_on_without(engine):
    run = paying(engine)
    engine.emit("paid", at=engine.clock.utc + timedelta(days=3))

    engine.clock.advance(days=2)

    assert ways(run) == ["late"]


def test_an_announced_event_wakes_at_its_time_and_not_at_its_old_one(engine):
    run = paying(engine)
    at = engine.clock.utc + timedelta(hours=5)
    engine.emit("paid", entity=1, at=at)
    engine.emit("paid", entity=1, at=at + timedelta(hours=1))

    engine.clock.advance(hours=5)
    assert run.refresh().status == "waiting"
    engine.clock.advance(hours=1)
    assert ways(run) == ["paid"]


def test_a_signal_of_the_same_name_is_none(engine):
    run = paying(engine)

    assert not engine.signal("paid").woken
    assert not engine.signal("paid", run_id=run.id).woken

    assert run.refresh().status == "waiting"


@pytest.mark.parametrize("way", ["paid", "off"])
def test_a_wait_for_the_first_of_several_may_be_ended_by_an_event(engine, way):
    run = engine.start("first_of_two")

    told = engine.emit("paid") if way == "paid" else engine.signal("called off")

    assert (told.woken, ways(run)) == ((run.id,), [way])


def test_an_event_of_a_transaction_wakes_when_that_has_ended(engine):
    run = paying(engine)
    with engine.transaction() as tx:
        engine.emit("paid", transaction=tx)
        assert run.refresh().status == "waiting"

    assert ways(run) == ["paid"]


def test_an_event_that_comes_just_before_its_wait_is_kept_for_it(engine):
    """A step may bring about the event that the next one waits for."""
    run = engine.start("polite")

    assert (run.refresh().status, run.data["early"]) == ("completed", True)


def test_who_keeps_an_event_is_told(engine):
    run = engine.start("polite", delay=1)
    engine.pause(run.id)
    engine.clock.advance(seconds=1)

    answer = engine.emit("paid", entity=2)
    engine.resume(run.id)

    assert (answer.kept, answer.woken) == ((run.id,), ())
