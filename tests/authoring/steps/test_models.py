"""The model of a run's context: the declared one, and what is added to it."""

from decimal import Decimal
from functools import cached_property
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict, Field, RootModel, ValidationError, computed_field

from perdure.authoring.steps.current import enter, leave
from perdure.authoring.steps.models import (
    OPEN_SCHEMA,
    context_model,
    declared_model,
    schema_of,
)
from perdure.errors import ContextInvalidError, DefinitionError
from perdure.wire.encoding import decode


class Order:
    class Context(BaseModel):
        """An order."""

        order_id: int
        total: Decimal = Decimal("0.00")
        tags: list[str] = []
        _cache: int = 0

        @property
        def cents(self):
            return int(self.total * 100)

        @cents.setter
        def cents(self, value):
            self.total = Decimal(value) / 100

        @cached_property
        def label(self):
            return f"order {self.order_id}"


MODEL = context_model(declared_model(Order))


def refused(cls):
    with pytest.raises(DefinitionError) as error:
        declared_model(cls)
    return str(error.value)


# -- what may be declared ----------------------------------------------------------------------
def test_a_class_may_have_no_context():
    """S003-41."""
    assert declared_model(BaseModel) is None


def test_a_context_may_be_declared_elsewhere():
    class Uses:
        Context = Order.Context

    assert declared_model(Uses) is Order.Context


def test_a_base_classs_context_is_inherited():
    class Special(Order):
        pass

    assert declared_model(Special) is Order.Context


def test_other_things_are_no_context():
    class Plain:
        class Context:
            order_id: int

    class Instance:
        Context = Order.Context(order_id=1)

    class Root:
        class Context(RootModel[list[int]]):
            pass

    assert refused(Plain) == "Plain.Context is no pydantic model. Write class Context(BaseModel):"
    assert "is no pydantic model" in refused(Instance)
    assert refused(Root) == "Root.Context has no fields. Derive it from BaseModel"


PASTED = """
from __future__ import annotations
class Pasted:
    class Context(BaseModel):
        item: Item
        paid: {paid}

    def helper(self):
        return Item
"""


def pasted(paid):
    scope = {"BaseModel": BaseModel, "__name__": "nowhere", "Item": Order.Context}
    exec(PASTED.format(paid=paid), scope)
    return scope["Pasted"]


def test_annotations_that_are_text_are_resolved_in_code_of_no_module():
    model = context_model(declared_model(pasted("bool = False")))

    assert isinstance(model(item={"order_id": 1}).item, Order.Context)


def test_a_type_that_is_not_there_yet_is_named():
    assert refused(pasted("Receipt")) == (
        "Pasted.Context uses 'Receipt', which is not defined yet. Define it above the workflow "
        "class"
    )


# -- the model that runs use -------------------------------------------------------------------
def test_a_context_is_an_instance_of_the_declared_model():
    ctx = MODEL(order_id=1)

    assert isinstance(ctx, Order.Context)
    assert type(ctx).__name__ == "Context"
    assert type(ctx).__qualname__ == "Order.Context"
    assert type(ctx).__module__ == __name__


def test_keys_that_nobody_declared_are_kept_as_attributes():
    """A003-6."""
    ctx = MODEL(order_id=1, form={"name": "Ada"})

    assert ctx.form["name"] == "Ada"
    ctx.form = {"name": "Grace"}
    assert ctx.model_extra == {"form": {"name": "Grace"}}


def test_the_declared_model_itself_stays_as_it_is():
    assert not hasattr(Order.Context(order_id=1, form=1), "form")


def test_a_model_that_forbids_more_keys_goes_on_doing_so():
    class Strict:
        class Context(BaseModel):
            model_config = ConfigDict(extra="forbid")
            order_id: int

    model = context_model(declared_model(Strict))

    with pytest.raises(ValidationError, match="Extra inputs"):
        model(order_id=1, form=1)
    assert decode(schema_of(model))["additionalProperties"] is False


def test_default_values_are_not_shared():
    """S003-17."""
    one, two = MODEL(order_id=1), MODEL(order_id=2)

    one.tags.append("new")

    assert two.tags == []


def test_without_a_declaration_everything_is_kept():
    ctx = context_model(None)(anything=[1, 2])

    assert ctx.anything == [1, 2]
    assert type(ctx).__doc__ is None


# -- assignments -------------------------------------------------------------------------------
def test_declared_names_properties_and_private_names_can_be_assigned():
    ctx = MODEL(order_id=1)

    ctx.order_id = 2
    ctx.cents = 350
    ctx._cache = 3
    ctx.label = "mine"

    assert (ctx.order_id, ctx.total, ctx._cache, ctx.label) == (2, Decimal("3.5"), 3, "mine")


@pytest.mark.parametrize(
    ("attribute", "said"),
    [
        ("totl", "Did you mean 'total'? Else declare it: totl: TYPE = DEFAULT"),
        ("shipped", "Declare it: shipped: TYPE = DEFAULT"),
    ],
)
def test_an_undeclared_attribute_is_refused_with_a_suggestion(attribute, said):
    with pytest.raises(ContextInvalidError) as error:
        setattr(MODEL(order_id=1), attribute, 1)

    assert str(error.value) == f"{attribute}: Context has no field of this name. {said}"
    assert error.value.path == attribute


def test_inside_a_step_the_step_is_named_too():
    token = enter(None, None, "Order.pay")
    with pytest.raises(ContextInvalidError, match=r"no field of this name \(Order\.pay\)\."):
        MODEL(order_id=1).shipped = True
    leave(token)


def test_without_any_declaration_an_attribute_is_refused_too():
    with pytest.raises(ContextInvalidError, match="Declare it: shipped: TYPE = DEFAULT"):
        context_model(None)().shipped = True


# -- the schema --------------------------------------------------------------------------------
def test_the_schema_has_the_fields_by_their_own_names_and_is_open():
    class Aliased:
        class Context(BaseModel):
            order_id: int = Field(alias="orderId")
            note: str = ""

            @computed_field
            @property
            def double(self) -> int:
                return self.order_id * 2

    schema = decode(schema_of(context_model(declared_model(Aliased))))

    assert set(schema["properties"]) == {"order_id", "note"}
    assert schema["required"] == ["order_id"]
    assert schema["additionalProperties"] is True


class Handle:
    """A type of which pydantic knows nothing."""


def test_a_type_without_a_schema_may_be_anything_and_warns_of_nothing():
    class Odd:
        class Context(BaseModel):
            model_config = ConfigDict(arbitrary_types_allowed=True)
            order_id: int
            handle: Handle = Handle()
            kept: Any = Handle()

    schema = decode(schema_of(context_model(declared_model(Odd))))

    assert schema["properties"]["order_id"] == {"title": "Order Id", "type": "integer"}
    assert schema["properties"]["handle"] == {"title": "Handle"}
    assert schema["properties"]["kept"] == {"title": "Kept"}


def test_the_schema_of_no_declaration_is_open():
    assert decode(OPEN_SCHEMA) == {"type": "object", "additionalProperties": True}


def test_numbers_that_json_has_not_are_written_as_what_they_are():
    """As null they would be None at the next step, and nobody would know."""
    model = context_model(None)
    dumped = model.__pydantic_serializer__.to_json(model(x=float("nan")))

    assert dumped == b'{"x":NaN}'
