"""Contexts that are not kept: the field is named, and why."""

from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum

import pytest
from pydantic import (
    BaseModel,
    ConfigDict,
    SecretStr,
    field_serializer,
    model_serializer,
)

from perdure.authoring.steps.codec import MOST_BYTES, Codec
from perdure.errors import ContextInvalidError
from perdure.wire.encoding import decode


class Color(Enum):
    RED = "red"


class Item(BaseModel):
    name: str
    price: Decimal = Decimal(0)


class Order(BaseModel):
    order_id: int
    paid: bool = False
    total: Decimal = Decimal(0)
    items: list[Item] = []
    meta: dict = {}


ORDER = Codec(Order)
START = '{"order_id":1,"paid":false,"total":"0","items":[],"meta":{}}'


def refused(codec, ctx, before=""):
    with pytest.raises(ContextInvalidError) as error:
        codec.dump(ctx, before, "Order.ship")
    return error.value


# -- what the model refuses --------------------------------------------------------------------
def test_a_wrong_value_is_refused_with_its_field_and_step():
    ctx = ORDER.load(START)
    ctx.order_id = "abc"

    error = refused(ORDER, ctx)

    assert error.path == "order_id"
    assert str(error) == (
        "order_id: input should be a valid integer, unable to parse string as an integer, got "
        "'abc'. Order.ship"
    )


def test_a_wrong_value_inside_a_field_is_refused_with_its_path():
    ctx = ORDER.load(START)
    ctx.items.append({"name": 3})

    assert refused(ORDER, ctx).path == "items[0].name"


def test_a_stored_context_that_does_not_fit_is_refused():
    with pytest.raises(ContextInvalidError, match=r"^order_id: field required\. Why$"):
        ORDER.load("{}", "Why")
    with pytest.raises(ContextInvalidError, match=r"^order_id: field required$"):
        ORDER.load("{}")


def test_a_models_own_refusal_of_an_assignment_is_known():
    class Checked(BaseModel):
        model_config = ConfigDict(validate_assignment=True)
        count: int = 0

    codec = Codec(Checked)
    with pytest.raises(codec.invalid) as own:
        codec.load("{}").count = "x"
    with pytest.raises(codec.invalid) as other:
        Item(name=3)

    assert codec.is_refusal(own.value)
    assert not codec.is_refusal(other.value)
    assert not codec.is_refusal(ValueError("x"))


# -- what JSON cannot keep ---------------------------------------------------------------------
@pytest.mark.parametrize(
    ("value", "path"),
    [
        (Decimal("1.5"), "meta.x"),
        (datetime(2026, 1, 1, tzinfo=UTC), "meta.x"),
        (Color.RED, "meta.x"),
        ({1, 2}, "meta.x"),
        (Item(name="cup"), "meta.x"),
        ([{"deep": Decimal(1)}], "meta.x[0].deep"),
        ({1: "a"}, "meta.x.1"),
    ],
)
def test_a_value_that_would_come_back_as_another_kind_is_refused(value, path):
    ctx = ORDER.load(START)
    ctx.meta["x"] = value

    error = refused(ORDER, ctx)

    assert error.path == path
    assert "would come back from JSON as something else. Declare its type" in str(error)


def test_a_tuple_may_become_a_list():
    ctx = ORDER.load(START)
    ctx.meta["x"] = (1, 2)

    assert decode(ORDER.dump(ctx, START, "here"))["meta"] == {"x": [1, 2]}


def test_a_masked_secret_is_refused():
    class Login(BaseModel):
        token: SecretStr = SecretStr("")

    codec = Codec(Login)
    ctx = codec.load("{}")
    ctx.token = SecretStr("abc")

    assert refused(codec, ctx).path == "token"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (float("nan"), "meta.x: nan is not a JSON number"),
        (float("inf"), "meta.x: inf is not a JSON number"),
        ("a\x00b", "meta.x: text with a NUL character"),
        (object(), "meta: it cannot be written as JSON"),
        ("\ud800", "meta: it cannot be written as JSON"),
        (b"\xff", "meta: it cannot be written as JSON"),
    ],
)
def test_what_json_or_a_database_has_not_is_refused_with_its_path(value, said):
    ctx = ORDER.load(START)
    ctx.meta["x"] = value

    assert str(refused(ORDER, ctx)).startswith(said)


def test_a_number_that_json_has_not_is_seen_in_the_place_of_none():
    class Measured(BaseModel):
        value: float | None = None

    codec = Codec(Measured)
    before = codec.begin(Measured())
    ctx = codec.load(before)
    ctx.value = float("nan")

    assert refused(codec, ctx, before).path == "value"


def test_a_value_that_holds_itself_is_refused():
    ctx = ORDER.load(START)
    ctx.meta["x"] = ctx.meta

    assert "it cannot be written as JSON" in str(refused(ORDER, ctx))


def test_a_serializer_that_fails_is_told_with_its_field_or_of_the_whole():
    class Picky(BaseModel):
        x: int = 0
        y: int = 0

        @field_serializer("y")
        def refuse(self, value):
            raise ValueError(value)

    class Closed(BaseModel):
        @model_serializer
        def refuse(self):
            raise ValueError(self)

    assert refused(Codec(Picky), Codec(Picky).load("{}")).path == "y"
    assert refused(Codec(Closed), Codec(Closed).load("{}")).path == "context"


def nested(depth):
    value = []
    for _ in range(depth - 1):
        value = [value]
    return value


def test_nesting_is_limited_and_many_brackets_are_no_nesting():
    ctx = ORDER.load(START)
    ctx.meta["x"] = nested(70)
    error = refused(ORDER, ctx)
    ctx.meta["x"] = [[] for _ in range(500)]

    assert "nested deeper than 64 levels" in str(error)
    assert error.path.startswith("meta.x")
    assert ORDER.dump(ctx, START, "here") is not None


def test_a_text_that_looks_like_nothing_that_can_be_kept_is_kept():
    ctx = ORDER.load(START)
    ctx.meta["x"] = "NaN Infinity \\u0000"

    assert decode(ORDER.dump(ctx, START, "here"))["meta"] == {"x": "NaN Infinity \\u0000"}


def test_a_context_has_a_limit():
    ctx = ORDER.load(START)
    ctx.meta["x"] = "a" * MOST_BYTES

    assert "bytes, and at most 262,144 are kept" in str(refused(ORDER, ctx))


def test_a_long_value_is_shortened_in_an_error():
    ctx = ORDER.load(START)
    ctx.order_id = "abc" * 100

    assert len(str(refused(ORDER, ctx))) < 250
