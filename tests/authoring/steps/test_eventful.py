"""The first context of a run that an event starts: made by the class, in the first attempt."""

import pytest
from pydantic import BaseModel, ConfigDict

from perdure.authoring import entities
from perdure.authoring.entities import entity_loader, entity_of
from perdure.authoring.events import dump_body, dump_event
from perdure.authoring.steps.codec import Codec
from perdure.authoring.steps.eventful import context_of, first_context
from perdure.errors import ContextInvalidError, NonRetryableError
from perdure.kernel.plan import Plan, StepPlan
from perdure.ports.events import Told
from perdure.ports.executor import Work
from perdure.ports.woken import Woken, pack_woken

PLAN = Plan(workflow="w", steps=(StepPlan(name="a"),), start="a")
MARKS = {"event_id": "evt_1", "event_name": "placed", "entity_id": 5}


class Context(BaseModel):
    order_id: int = 0
    note: str = ""


class Plain:
    Context = Context


class Bare:
    """It has no Context."""


@pytest.fixture(autouse=True)
def no_loaders(monkeypatch):
    monkeypatch.setattr(entities, "_LOADERS", {})


def made_of(cls, payload=None, entity=("Order", 5)):
    about = entity_of(entity)
    told = Told("evt_1", "placed", about.type, "5", None, 0.0, 0.0, dump_body(about, payload))
    return first_context(cls, Codec(getattr(cls, "Context", None)), dump_event(told))


def creating(create, model=Context):
    """A class with this `create_context`."""
    return type("Made", (), {"Context": model, "create_context": classmethod(create)})


def test_create_context_has_the_event():
    cls = creating(lambda cls, event=None: cls.Context(order_id=event.entity.id, note=event.name))

    assert made_of(cls).model_dump() == {"order_id": 5, "note": "placed", **MARKS}


def test_it_has_keys_of_the_payload_that_it_names():
    cls = creating(lambda cls, note, event: cls.Context(order_id=event.entity_id, note=note))

    assert made_of(cls, {"note": "hello", "other": 1}).note == "hello"


def test_it_need_not_take_the_event_and_may_take_anything():
    assert made_of(creating(lambda _cls: {"note": "x"})).note == "x"
    assert made_of(creating(lambda _cls, **all_: {"note": all_["event"].name})).note == "placed"


def test_without_it_the_payload_has_the_fields():
    context = made_of(Plain, {"order_id": 7, "extra": [1]})

    assert context.model_dump() == {"order_id": 7, "note": "", "extra": [1], **MARKS}


def test_a_class_without_a_context_has_what_the_event_brings():
    assert made_of(Bare, {"x": 1}).model_dump() == {"x": 1, **MARKS}


def test_what_the_class_sets_itself_stays():
    class Own(Context):
        entity_id: str = ""
        event_id: str = "none"

    cls = creating(lambda cls, event: cls.Context(entity_id="mine"), Own)

    context = made_of(cls)

    assert (context.entity_id, context.event_id) == ("mine", "evt_1")


def test_a_context_that_forbids_other_fields_has_no_marks():
    class Strict(BaseModel):
        model_config = ConfigDict(extra="forbid")
        order_id: int = 0
        event_name: str = ""

    cls = type("Strictly", (), {"Context": Strict})

    assert made_of(cls, {"order_id": 3}).model_dump() == {"order_id": 3, "event_name": "placed"}
    with pytest.raises(ContextInvalidError, match="the event does not make a context: x: "):
        made_of(cls, {"x": 3})


def test_a_mark_that_does_not_fit_its_field_is_told_before_the_step_runs():
    class Text(BaseModel):
        entity_id: str = ""

    with pytest.raises(ContextInvalidError, match=r"entity_id: .*made it of event 'placed'"):
        made_of(creating(lambda cls, event: cls.Context(), Text))


@pytest.mark.parametrize(
    ("create", "told"),
    [
        (lambda cls, event: 1 / 0, "Made.create_context raised ZeroDivisionError"),
        (lambda cls, event: None, "returned NoneType None. Write return cls.Context"),
        (lambda cls, order: None, "missing a required argument: 'order'"),
        (lambda cls, event: {"order_id": "x"}, "order_id: input should be a valid integer"),
    ],
)
def test_what_is_wrong_in_the_class_is_not_tried_again(create, told):
    with pytest.raises(NonRetryableError) as raised:
        made_of(creating(create))

    assert told in str(raised.value)


def test_what_a_loader_raises_is_raised_as_it_is():
    entity_loader("Order")(lambda of: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        made_of(creating(lambda cls, event: cls.Context(order_id=event.entity.id)))


def work_of(cls, context, payload):
    """An attempt to which an event has led a run that waited for it."""
    about = entity_of(("Order", 5))
    told = Told("evt_1", "placed", about.type, "5", None, 0.0, 0.0, dump_body(about, payload))
    text = pack_woken(Woken("event", "placed"), dump_event(told))
    work = Work("r", PLAN, PLAN.steps[0], "a", 1, 1, 1, context, text, lambda *_: {})
    return context_of(cls, Codec(getattr(cls, "Context", None)), work)


def test_a_run_that_waited_has_the_payload_and_the_marks_in_its_context():
    context = work_of(Plain, '{"order_id":3,"note":"kept"}', {"order_id": 7, "paid": True})

    assert context.model_dump() == {"order_id": 7, "note": "kept", "paid": True, **MARKS}


def test_one_whose_context_forbids_other_fields_has_those_that_it_declares():
    class Strict(BaseModel):
        model_config = ConfigDict(extra="forbid")
        entity_id: int = 0

    cls = type("Strictly", (), {"Context": Strict})

    assert work_of(cls, "{}", {}).model_dump() == {"entity_id": 5}
    with pytest.raises(ContextInvalidError, match="paid"):
        work_of(cls, "{}", {"paid": True})
