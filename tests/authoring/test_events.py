"""An event as a workflow sees it is the one that was told."""

from datetime import UTC, datetime

import pytest

from perdure.authoring import entities
from perdure.authoring.entities import entity_loader, entity_of
from perdure.authoring.events import dump_body, dump_event, load_event, marks_of
from perdure.errors import InvalidValueError
from perdure.ports.events import SIGN, Told
from perdure.wire.encoding import decode

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def no_loaders(monkeypatch):
    monkeypatch.setattr(entities, "_LOADERS", {})


def told(entity=("Order", 5), payload=None):
    about = entity_of(entity)
    at = AT.timestamp()
    body = dump_body(about, payload)
    return Told("evt_1", "placed", about.type, str(about.id), None, at, at, body)


def test_an_event_travels_to_the_first_attempt():
    text = dump_event(told(payload={"total": 3}))
    brought, event = load_event(text)

    assert text.startswith(SIGN)
    assert brought == {"total": 3, "event_id": "evt_1", "event_name": "placed", "entity_id": 5}
    assert (event.id, event.name, event.at, event.payload) == ("evt_1", "placed", AT, {"total": 3})
    assert (event.entity_type, event.entity_id, event.entity.id) == ("Order", 5, 5)


def test_the_marks_stand_above_a_payload_that_has_their_names():
    brought, _ = load_event(dump_event(told(payload={"event_id": "mine"})))

    assert brought["event_id"] == "evt_1"


def test_an_event_about_nothing():
    _, event = load_event(dump_event(told(entity=None)))

    assert (event.entity, event.entity_id, event.payload) == (None, None, {})
    assert marks_of(told(entity=None))["entity_id"] is None


def test_the_entity_is_loaded_once_and_when_it_is_asked_for():
    asked = []
    entity_loader("Order")(asked.append)
    _, event = load_event(dump_event(told()))
    assert asked == []

    assert event.entity is event.entity is None

    assert asked == [5]


def test_what_a_loader_raises_is_known_to_be_its():
    entity_loader("Order")(lambda of: 1 / 0)
    _, event = load_event(dump_event(told()))

    with pytest.raises(ZeroDivisionError) as raised:
        _ = event.entity

    assert event.trouble is raised.value


def test_a_payload_that_cannot_be_kept_is_refused():
    with pytest.raises(InvalidValueError, match=r"payload\.when: a datetime is not plain JSON"):
        dump_body(entity_of(None), {"when": AT})
    with pytest.raises(InvalidValueError, match=r"payload: values by name, not \[1\]"):
        dump_body(entity_of(None), [1])

    assert decode(dump_body(entity_of(None), None)) == {
        "entity_id": None, "snapshot": None, "payload": {},
    }  # fmt: skip
