"""A payload is checked against the context's schema before it wakes a run."""

from datetime import datetime
from decimal import Decimal
from enum import Enum
from uuid import UUID

import pytest
from pydantic import BaseModel, ConfigDict

from perdure.authoring.events import dump_event
from perdure.authoring.payloads import event_refusal, payload_refusal
from perdure.authoring.steps.models import OPEN_SCHEMA, schema_of
from perdure.ports.events import Told
from perdure.wire.encoding import encode


class Mood(Enum):
    good = "good"
    bad = "bad"


class Address(BaseModel):
    street: str


class Context(BaseModel):
    order_id: int
    amount: Decimal = Decimal(1)
    at: datetime | None = None
    key: UUID | None = None
    mood: Mood = Mood.good
    address: Address | None = None
    numbers: list[int] = []


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")

    order_id: int


class Open(BaseModel):
    order_id: int = 0


class Marked(BaseModel):
    entity_id: str


SCHEMA = schema_of(Context)


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"order_id": 2**70},
        {"amount": "1.50"},
        {"amount": 1.5},
        {"at": "2026-01-02T03:04:05"},
        {"at": "2026-01-02T03:04:05Z"},
        {"at": None},
        {"key": "12345678-1234-5678-1234-567812345678"},
        {"mood": "bad"},
        {"address": {"street": "Elm"}},
        {"anything": {"else": [1]}},
    ],
)
def test_a_payload_that_the_model_would_take_is_not_refused(payload):
    """S003-31, A003-6: some fields are enough, and others may come."""
    assert payload_refusal(SCHEMA, encode(payload)) == ""


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        ({"order_id": "x"}, 'order_id: "x" is not of type "integer"'),
        ({"at": "soon"}, 'at: "soon" is not of type date-time or null'),
        ({"key": 7}, "key: 7 is not of type uuid or null"),
        ({"mood": "odd"}, "mood: "),
        ({"address": {"street": 1}}, "address: "),
        ({"numbers": [1, "q"]}, 'numbers[1]: "q" is not of type "integer"'),
    ],
)
def test_what_is_wrong_is_named_with_its_path(payload, why):
    """A003-7."""
    assert payload_refusal(SCHEMA, encode(payload)).startswith(why)


def test_a_long_value_is_shown_by_its_beginning():
    why = payload_refusal(SCHEMA, encode({"at": "x" * 500}))

    assert len(why) < 200


def test_a_model_that_forbids_other_fields_refuses_them():
    assert "other" in payload_refusal(schema_of(Closed), '{"other":1}')
    assert payload_refusal(schema_of(Closed), '{"order_id":1}') == ""


@pytest.mark.parametrize(("schema", "payload"), [("", '{"a":1}'), (OPEN_SCHEMA, '{"a":1}')])
def test_without_a_declared_context_anything_goes(schema, payload):
    assert payload_refusal(schema, payload) == ""


def test_a_signal_without_a_payload_is_none_to_refuse():
    assert payload_refusal(SCHEMA, None) == ""


def event(**payload):
    told = Told("e1", "due", "Order", "5", None, 1.0, 1.0,
                encode({"entity_id": 5, "snapshot": None, "payload": payload}))  # fmt: skip
    return dump_event(told)


@pytest.mark.parametrize(
    ("model", "payload", "why"),
    [
        (Closed, {"order_id": 1}, ""),
        (Closed, {"other": 1}, "other"),
        (Open, {"order_id": 1, "other": 1}, ""),
        (Open, {"order_id": "x"}, 'order_id: "x" is not of type "integer"'),
        (Marked, {}, 'entity_id: 5 is not of type "string"'),
    ],
)
def test_an_event_is_held_to_what_it_brings_and_to_those_of_its_marks_that_are_asked_for(
    model, payload, why
):
    assert why in event_refusal(schema_of(model), event(**payload))
    assert bool(why) == bool(event_refusal(schema_of(model), event(**payload)))


def test_an_event_fits_a_context_that_nobody_has_declared():
    assert event_refusal("", event(order_id="x")) == ""
