"""From the arguments of `start` to the first context."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from pydantic import BaseModel, ConfigDict, Field, model_validator

from perdure.authoring.steps.begin import beginner, lacking, taken, unknown
from perdure.authoring.steps.codec import Codec
from perdure.authoring.steps.models import declared_model
from perdure.errors import DefinitionError, InvalidValueError
from perdure.wire.encoding import decode


class Order:
    class Context(BaseModel):
        order_id: int
        total: Decimal = Decimal("0.00")
        items: list[str] = []


class Made(Order):
    @classmethod
    def create_context(cls, order_id: int, *, express: bool = False):
        return cls.Context(order_id=order_id, items=["stamp"] if express else [])


class Free:
    """No Context at all."""


def begin(cls, **arguments):
    declared = declared_model(cls)
    return decode(beginner(cls, declared, lambda: Codec(declared))(arguments))


def refused(cls, **arguments):
    with pytest.raises(InvalidValueError) as error:
        begin(cls, **arguments)
    return error.value


# -- without create_context --------------------------------------------------------------------
def test_arguments_make_the_context():
    """S003-05."""
    assert begin(Order, order_id=3, total=Decimal("1.50")) == {
        "order_id": 3,
        "total": "1.50",
        "items": [],
    }


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"order_id": "abc"}, "order_id: input should be a valid integer"),
        ({}, "order_id: field required"),
        ({"order_id": 1, "totl": 3}, "totl: Order.Context has no such field. Did you mean 'total'"),
        ({"order_id": 1, "q": 3}, "q: Order.Context has no such field. It has: order_id, total"),
        ({"order_id": 1, "items": [1]}, "items[0]: input should be a valid string, got 1"),
    ],
)
def test_wrong_arguments_are_refused_by_name(arguments, said):
    error = refused(Order, **arguments)

    assert str(error).startswith(said)
    assert error.path == said.partition(":")[0]


def test_a_context_that_is_open_or_ignores_takes_more_arguments():
    class Open:
        class Context(BaseModel):
            model_config = ConfigDict(extra="allow")

    class Ignoring:
        class Context(BaseModel):
            model_config = ConfigDict(extra="ignore")

    assert begin(Open, note="x") == {"note": "x"}
    assert begin(Ignoring, note="x") == {"note": "x"}


def test_without_a_context_all_arguments_are_kept():
    assert begin(Free, note="x", n=[1]) == {"note": "x", "n": [1]}


def test_without_a_declared_type_an_argument_must_be_plain():
    error = refused(Free, at=datetime(2026, 1, 1, tzinfo=UTC))

    assert error.path == "at"
    assert "Declare its type" in str(error)


# -- with create_context -----------------------------------------------------------------------
def test_create_context_makes_the_context():
    """S003-04."""
    assert begin(Made, order_id=3, express=True)["items"] == ["stamp"]


def test_create_context_may_be_a_static_method_and_give_a_mapping():
    class Static(Order):
        @staticmethod
        def create_context(number):
            return {"order_id": number}

    assert begin(Static, number="3")["order_id"] == 3
    assert str(refused(Static, number="x")).startswith("order_id: input should be")


@pytest.mark.parametrize(
    ("arguments", "path", "said"),
    [
        ({}, "order_id", "missing a required argument: 'order_id'"),
        ({"order_id": 1, "expres": True}, "expres", "got an unexpected keyword argument 'expres'"),
        ({"order_id": "abc"}, "order_id", "input should be a valid integer"),
    ],
)
def test_wrong_arguments_of_create_context_are_refused_by_name(arguments, path, said):
    error = refused(Made, **arguments)

    assert error.path == path
    assert said in str(error)


def test_the_signature_is_shown():
    assert str(refused(Made)).endswith(
        "of Made.create_context(order_id: int, *, express: bool = False)"
    )


def test_a_function_that_takes_arguments_by_position_only_is_refused_without_them():
    class Positional(Order):
        @classmethod
        def create_context(cls, order_id, /):
            return cls.Context(order_id=order_id)

    assert refused(Positional).path == ""


def test_what_create_context_raises_itself_comes_through():
    class Broken(Order):
        @classmethod
        def create_context(cls):
            raise LookupError("no such order")

    with pytest.raises(LookupError, match="no such order"):
        begin(Broken)


def test_what_create_context_returns_must_be_a_context():
    class Wrong(Order):
        @classmethod
        def create_context(cls):
            return None

    assert str(refused(Wrong)) == (
        "Wrong.create_context returned NoneType None. Write return cls.Context(...)"
    )


def test_create_context_must_be_callable_without_an_instance():
    class Plain(Order):
        def create_context(self):
            return self

    class Later(Order):
        @classmethod
        async def create_context(cls):
            return cls.Context(order_id=1)

    with pytest.raises(DefinitionError, match=r"Plain\.create_context .* Write @classmethod above"):
        begin(Plain)
    with pytest.raises(DefinitionError, match=r"Later\.create_context is async"):
        begin(Later)


# -- what it takes -----------------------------------------------------------------------------
def test_a_class_takes_the_fields_of_its_context():
    class Aliased:
        class Context(BaseModel):
            order_id: int = Field(alias="orderId")

    assert taken(Order, Order.Context) == {"order_id", "total", "items"}
    assert taken(Aliased, Aliased.Context) == {"order_id", "orderId"}
    assert taken(Free, None) == frozenset()


def test_with_a_create_context_it_takes_that_ones_arguments():
    class Open(Order):
        @classmethod
        def create_context(cls, priority, **rest):
            return cls.Context(**rest)

    assert taken(Made, Made.Context) == {"order_id", "express"}
    assert taken(Open, Open.Context) == {"priority", "order_id", "total", "items"}


class Aliased:
    class Context(BaseModel):
        order_id: int = Field(alias="orderId")


class Filled(Order):
    class Context(BaseModel):
        order_id: int

        @model_validator(mode="before")
        @classmethod
        def fill(cls, given):
            return {"order_id": 1, **given}


@pytest.mark.parametrize(
    ("cls", "given", "missing"),
    [
        (Order, {"items"}, ["order_id"]),
        (Order, {"order_id"}, []),
        (Made, {"items"}, ["order_id"]),
        (Made, {"order_id"}, []),
        (Free, (), []),
        (Aliased, {"orderId"}, []),
        (Aliased, (), ["order_id"]),
        (Filled, (), []),
    ],
)
def test_what_a_start_cannot_do_without_is_known_from_the_class(cls, given, missing):
    assert lacking(cls, declared_model(cls), given) == missing


class Open:
    class Context(BaseModel, extra="allow"):
        order_id: int = 0


class Sent(Order):
    @classmethod
    def create_context(cls, **anything):
        return cls.Context(order_id=1)


@pytest.mark.parametrize(
    ("cls", "wrong"),
    [(Order, ["ordr", "express"]), (Made, ["total", "ordr"]), (Free, []), (Open, []), (Sent, [])],
)
def test_what_no_start_takes_is_known_where_the_class_says_it(cls, wrong):
    given = ["order_id", "total", "ordr", "express"]

    assert unknown(cls, declared_model(cls), given) == wrong
