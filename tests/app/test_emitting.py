"""Events through the engine: what they start and when, moved, withdrawn, in transactions."""

import warnings
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import BaseModel

from perdure import complete, event_workflow, fail, get_context, step
from perdure.app.default import DefaultEngine
from perdure.app.emitting import Scheduled
from perdure.app.engine import Engine
from perdure.app.importing import importing
from perdure.authoring import entities
from perdure.authoring.entities import entity_loader
from perdure.authoring.registry import Registry
from perdure.errors import InvalidValueError, RunFailedError, TransactionEndedError
from perdure.testing.sandbox import Sandbox

REGISTRY = Registry()


class Order(BaseModel):
    id: int
    total: float = 0.0


@event_workflow("order_placed", registry=REGISTRY)
class Processing:
    class Context(BaseModel):
        order_id: int
        total: float = 0.0

    @classmethod
    def create_context(cls, event=None):
        return cls.Context(order_id=event.entity.id, total=event.entity.total)

    @step(start=True)
    def process(self):
        return complete()


@event_workflow("order_placed", name="audit", registry=REGISTRY)
class Audit:
    @step(start=True)
    def note(self):
        return complete() if get_context().entity_id else fail("nobody's order")


@event_workflow("appointment_due", offset_minutes=-60, registry=REGISTRY)
class Reminder:
    @step(start=True)
    def remind(self):
        return complete()


@event_workflow("appointment_due", offset_minutes=30, missed="skip", registry=REGISTRY)
class FollowUp:
    @step(start=True)
    def follow(self):
        return complete()


@pytest.fixture(autouse=True)
def no_loaders(monkeypatch):
    monkeypatch.setattr(entities, "_LOADERS", {})


@pytest.fixture
def engine():
    with Sandbox(registry=REGISTRY) as made:
        yield made


def names(engine):
    return sorted(run.name for run in engine.runs())


def test_an_event_starts_every_workflow_of_its_name(engine):
    answer = engine.emit("order_placed", entity=Order(id=5, total=2.5), payload={"by": "web"})

    runs = {run.name: run for run in map(engine.run, answer.started)}
    marks = {"event_id": answer.event_id, "event_name": "order_placed", "entity_id": 5}
    assert {name: run.status for name, run in runs.items()} == {
        "Processing": "completed", "audit": "completed",
    }  # fmt: skip
    assert runs["Processing"].data == {"order_id": 5, "total": 2.5, **marks}
    assert runs["audit"].data == {"by": "web", **marks}
    assert answer.at == engine.clock.utc


@pytest.mark.parametrize("entity", [("Order", 5), 5, {"id": 5}])
def test_the_entity_may_be_of_any_plain_kind(engine, entity):
    entity_loader("Order")(lambda of: Order(id=of, total=9.0))
    engine.emit("order_placed", entity=entity)

    found = {run.name: run.data for run in engine.runs()}
    if entity == ("Order", 5):
        assert found["Processing"]["total"] == 9.0
    assert found["audit"]["entity_id"] == 5


def test_create_context_runs_when_the_workflow_fires_and_its_error_fails_the_run(engine):
    answer = engine.emit("order_placed", entity=("Order", 5))

    run = next(run for run in map(engine.run, answer.started) if run.name == "Processing")
    with pytest.raises(RunFailedError, match=r"Processing\.create_context raised AttributeError"):
        run.result()
    assert engine.store.attempts(run.id) == []
    assert run.refresh().data["entity_id"] == 5


def test_a_run_that_failed_so_begins_with_its_event_again_when_it_is_retried(engine):
    answer = engine.emit("order_placed", entity=("Order", 5))
    run = next(run for run in map(engine.run, answer.started) if run.name == "Processing")
    entity_loader("Order")(lambda of: Order(id=of, total=1.0))

    assert engine.retry(run.id)

    assert run.refresh().data["total"] == 1.0


def test_a_loader_that_fails_is_tried_again(engine):
    calls = []

    @entity_loader("Order")
    def load(of):
        calls.append(of)
        if len(calls) < 3:
            raise ConnectionError("the database is away")
        return Order(id=of)

    engine.emit("order_placed", entity=("Order", 5))
    engine.clock.advance(hours=1)

    assert {run.status for run in engine.runs()} == {"completed"}
    assert calls == [5, 5, 5]


def test_workflows_start_beside_the_time_of_an_announced_event(engine):
    at = engine.clock.utc + timedelta(hours=3)

    answer = engine.emit("appointment_due", entity=("Appointment", 1), at=at)

    assert answer.started == ()
    assert answer.scheduled == (
        Scheduled("Reminder", at - timedelta(hours=1), -60.0),
        Scheduled("FollowUp", at + timedelta(minutes=30), 30.0),
    )
    engine.clock.advance(minutes=119)
    assert names(engine) == []
    engine.clock.advance(minutes=1)
    assert names(engine) == ["Reminder"]
    engine.clock.advance(minutes=90)
    assert names(engine) == ["FollowUp", "Reminder"]


def test_an_event_that_is_announced_for_another_time_is_moved(engine):
    at = engine.clock.utc + timedelta(hours=3)
    first = engine.emit("appointment_due", entity=("Appointment", 1), at=at)

    second = engine.emit_event(
        "appointment_due", entity=("Appointment", 1), at=at + timedelta(hours=5)
    )

    assert (second.event_id, second.moved_from) == (first.event_id, at)
    engine.clock.advance(hours=6)
    assert names(engine) == []
    engine.clock.advance(hours=1)
    assert names(engine) == ["Reminder"]


def test_an_event_that_is_announced_again_for_the_same_time_is_known(engine):
    at = engine.clock.utc + timedelta(hours=3)
    engine.emit("appointment_due", entity=1, at=at)

    again = engine.emit("appointment_due", entity=1, at=at)

    assert (again.known, again.moved_from, len(again.scheduled)) == (True, None, 2)


def test_events_of_other_entities_and_keys_are_others(engine):
    at = engine.clock.utc + timedelta(hours=3)
    kinds = [{"entity": 1}, {"entity": "2"}, {"entity": 1, "key": "b"}, {}, {"key": 7}]
    ids = {engine.emit("appointment_due", at=at, **kind).event_id for kind in kinds}

    assert len(ids) == 5
    assert engine.withdraw("appointment_due", 1, key="b")
    engine.clock.advance(days=1)
    assert names(engine) == ["FollowUp"] * 4 + ["Reminder"] * 4


def test_what_is_withdrawn_starts_nothing_more(engine):
    at = engine.clock.utc + timedelta(hours=3)
    engine.emit("appointment_due", entity=("Appointment", 1), at=at)
    engine.clock.advance(hours=2)

    assert engine.cancel_event("appointment_due", ("Appointment", 1))
    assert not engine.withdraw("appointment_due", ("Appointment", 1))

    engine.clock.advance(days=1)
    assert names(engine) == ["Reminder"]
    assert engine.events() == []


def test_a_time_that_has_passed_starts_at_once_or_is_skipped(engine):
    engine.emit("appointment_due", entity=1, at=engine.clock.utc - timedelta(days=1))
    assert names(engine) == ["Reminder"]

    engine.emit("appointment_due", entity=2)
    assert names(engine) == ["Reminder", "Reminder"]
    engine.clock.advance(minutes=30)
    assert names(engine) == ["FollowUp", "Reminder", "Reminder"]


def test_under_an_idempotency_key_an_event_is_told_once(engine):
    told = [
        engine.emit("order_placed", entity=Order(id=5), idempotency_key="order-5") for _ in range(2)
    ]

    assert told[0].event_id == told[1].event_id
    assert (told[1].known, told[1].started) == (True, ())
    assert names(engine) == ["Processing", "audit"]


def test_without_one_an_event_that_happens_again_is_another_one(engine):
    for _ in range(2):
        engine.emit("order_placed", entity=Order(id=5))

    assert names(engine) == ["Processing", "Processing", "audit", "audit"]


def test_events_can_be_looked_at(engine):
    at = engine.clock.utc + timedelta(hours=3)
    engine.emit("appointment_due", entity=("Appointment", 1), at=at, payload={"room": 5})
    engine.emit("nobody_waits", at=at + timedelta(hours=1), key="k")

    other, event = engine.events()

    assert (event.name, event.at, event.entity_type, event.entity_id, event.payload) == (
        "appointment_due", at, "Appointment", 1, {"room": 5},
    )  # fmt: skip
    assert [each.workflow for each in event.scheduled] == ["Reminder", "FollowUp"]
    assert (other.name, other.key, other.scheduled) == ("nobody_waits", "k", ())
    assert engine.events("nobody_waits", limit=1) == [other]


def test_events_of_a_transaction_take_effect_with_it(engine):
    at = engine.clock.utc + timedelta(hours=3)
    with engine.transaction() as tx:
        engine.emit("order_placed", entity=Order(id=5), transaction=tx)
        answer = engine.emit("appointment_due", entity=1, at=at, transaction=tx)
        assert engine.runs() == []

    assert answer.event_id is None
    assert names(engine) == ["Processing", "audit"]
    assert [event.name for event in engine.events()] == ["appointment_due"]


def test_events_of_a_transaction_that_raises_are_not_told(engine):
    with pytest.raises(ZeroDivisionError), engine.transaction() as tx:
        engine.emit("order_placed", entity=Order(id=5), transaction=tx)
        raise ZeroDivisionError

    assert engine.runs() == []
    with pytest.raises(TransactionEndedError):
        engine.emit("order_placed", transaction=tx)


def test_no_event_is_told_while_perdure_imports(engine):
    shared = DefaultEngine()
    with importing(), warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        answers = [one.emit("order_placed", entity=Order(id=5)) for one in (engine, shared)]

    assert [answer.event_id for answer in answers] == [None, None]
    assert ["event 'order_placed' was not told" in str(each.message) for each in told] == [True] * 2
    assert engine.runs() == []


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"name": ""}, "name: an event's name is text"),
        ({"name": "x\0"}, r"event\[0\]: text with a NUL"),
        ({"name": "x", "at": datetime(2026, 1, 1)}, "at: .* is no moment"),  # noqa: DTZ001
        ({"name": "x", "payload": {"a": {1}}}, r"payload\.a: a set is not plain JSON"),
        ({"name": "x", "entity": {"n": 1}, "at": datetime(2026, 1, 1, tzinfo=UTC)}, "it has no id"),
        ({"name": "x", "key": "\ud800"}, "surrogate"),
        ({"name": "x", "idempotency_key": "\0"}, "NUL"),
    ],
)
def test_what_cannot_be_told_is_refused(engine, said, told):
    with pytest.raises(InvalidValueError, match=told):
        engine.emit(**said)


def test_something_without_an_id_may_happen_now_or_under_a_key(engine):
    engine.emit("order_placed", entity={"total": 5})
    answer = engine.emit("appointment_due", entity={"n": 1}, key="k", at=engine.clock.utc)

    assert len(answer.started) == 1


def test_real_threads_start_what_is_due(tmp_path):
    with Engine(tmp_path / "p.db", registry=REGISTRY) as engine:
        at = datetime.now(UTC) + timedelta(hours=1, seconds=0.2)
        answer = engine.emit("appointment_due", entity=1, at=at)
        assert answer.started == ()
        while not engine.runs():
            engine.process_scheduled()

        (run,) = engine.runs()
        assert engine.run(run.id).result(10)["entity_id"] == 1
        assert run.created_at >= at - timedelta(hours=1)
