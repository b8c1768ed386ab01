"""Contexts as JSON text: exact both ways, or refused with the field's name."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    computed_field,
    field_validator,
)

from perdure.authoring.steps.codec import Codec
from perdure.errors import ContextInvalidError, InvalidValueError
from perdure.wire.encoding import decode, encode


class Color(Enum):
    RED = "red"
    BLUE = 2


class Level(IntEnum):
    LOW = 1


class Size(StrEnum):
    BIG = "big"


class Item(BaseModel):
    name: str
    price: Decimal = Decimal(0)
    made: datetime | None = None


class Everything(BaseModel):
    """S003-16, and what the issue adds to it."""

    text: str = ""
    number: int = 0
    ratio: float = 0.0
    flag: bool = False
    amount: Decimal = Decimal(0)
    at: datetime | None = None
    day: date | None = None
    clock: time | None = None
    span: timedelta = timedelta()
    uid: UUID | None = None
    color: Color = Color.RED
    level: Level = Level.LOW
    size: Size = Size.BIG
    item: Item | None = None
    items: list[Item] = []
    prices: dict[str, Decimal] = {}
    tags: set[str] = set()
    pair: tuple[int, Color] | None = None
    place: Path | None = None
    blob: dict = {}
    anything: list = []


class Order(BaseModel):
    order_id: int
    paid: bool = False
    total: Decimal = Decimal(0)
    meta: dict = {}


EVERYTHING = Codec(Everything)
ORDER = Codec(Order)
OPEN = Codec(None)
START = '{"order_id":1,"paid":false,"total":"0","meta":{}}'

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab"), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8)
DECIMALS = st.decimals(allow_nan=False, allow_infinity=False)
MOMENTS = st.datetimes(timezones=st.just(UTC) | st.none())
ITEMS = st.builds(Item, name=TEXTS, price=DECIMALS, made=MOMENTS | st.none())


def refused(codec, ctx, before=""):
    with pytest.raises(ContextInvalidError) as error:
        codec.dump(ctx, before, "Order.ship")
    return error.value


# -- exact both ways ---------------------------------------------------------------------------
@given(
    st.builds(
        EVERYTHING.model,
        text=TEXTS,
        number=st.integers(),
        ratio=st.floats(allow_nan=False, allow_infinity=False),
        flag=st.booleans(),
        amount=DECIMALS,
        at=MOMENTS,
        day=st.dates(),
        clock=st.times(),
        span=st.timedeltas(),
        uid=st.uuids(),
        color=st.sampled_from(Color),
        level=st.sampled_from(Level),
        item=ITEMS,
        items=st.lists(ITEMS, max_size=2),
        prices=st.dictionaries(TEXTS, DECIMALS, max_size=2),
        tags=st.sets(TEXTS, max_size=3),
        pair=st.tuples(st.integers(), st.sampled_from(Color)),
        place=st.just(Path("a/b")),
        blob=st.dictionaries(TEXTS, JSON, max_size=2),
        anything=st.lists(JSON, max_size=2),
        undeclared=JSON,
    )
)
def test_a_context_comes_back_exactly(ctx):
    text = EVERYTHING.dump(ctx, "", "here")
    again = EVERYTHING.load(text)

    assert again.__dict__ == ctx.__dict__
    assert again.undeclared == ctx.undeclared
    assert len(ctx.tags) > 1 or EVERYTHING.dump(again, text, "here") is None  # sets have no order
    assert str(again.amount) == str(ctx.amount)


@given(st.dictionaries(TEXTS.filter(str.isidentifier), JSON, max_size=4))
def test_undeclared_data_comes_back_exactly(data):
    text = encode(data)
    ctx = OPEN.load(text)

    assert ctx.model_extra == data
    assert decode(OPEN.dump(ctx, "", "here")) == data


def test_a_context_that_did_not_change_is_not_written():
    assert ORDER.dump(ORDER.load(START), START, "here") is None


def test_a_change_in_place_is_seen():
    """S003-14, S003-15."""
    ctx = ORDER.load(START)
    ctx.meta["seen"] = [1]

    assert decode(ORDER.dump(ctx, START, "here"))["meta"] == {"seen": [1]}


def test_aliases_are_read_and_names_are_written():
    class Inner(BaseModel):
        line_one: str = Field("", alias="lineOne")

    class Aliased(BaseModel):
        order_id: int = Field(alias="orderId")
        inner: Inner = Inner()

    codec = Codec(Aliased)
    text = codec.begin(codec.made_of({"orderId": 3, "inner": {"lineOne": "a"}}))

    assert decode(text) == {"order_id": 3, "inner": {"line_one": "a"}}
    assert codec.load(text).inner.line_one == "a"
    assert codec.load_merged(text, '{"orderId":4}').order_id == 4
    assert codec.has("orderId")
    assert codec.has("order_id")
    assert not codec.has("id")


def test_two_fields_that_have_each_others_alias_keep_their_values():
    class Crossed(BaseModel):
        a: int = Field(alias="b")
        b: int = Field(alias="a")

    codec = Codec(Crossed)
    ctx = codec.made_of({"a": 1, "b": 2})
    again = codec.load(codec.begin(ctx))

    assert (again.a, again.b) == (ctx.a, ctx.b)


def test_computed_fields_are_not_kept():
    class Computed(BaseModel):
        net: int

        @computed_field
        @property
        def gross(self) -> int:
            return self.net * 2

    codec = Codec(Computed)
    text = codec.begin(Computed(net=2))

    assert decode(text) == {"net": 2}
    assert codec.load(text).gross == 4


def test_what_a_validator_makes_of_a_value_is_what_is_kept():
    class Mail(BaseModel):
        address: str
        count: int = 0

        @field_validator("address")
        @classmethod
        def lower(cls, value):
            return value.lower()

    codec = Codec(Mail)
    ctx = codec.load('{"address":"a@b.c","count":0}')
    ctx.address = "X@Y.Z"
    ctx.count = "7"

    assert decode(codec.dump(ctx, "", "here")) == {"address": "x@y.z", "count": 7}


# -- payloads ----------------------------------------------------------------------------------
def test_a_payload_is_merged_and_its_types_are_the_models():
    """S003-31."""
    ctx = ORDER.load_merged(START, '{"total":"12.50","form":{"name":"Ada"},"paid":true}')

    assert (ctx.total, ctx.paid, ctx.form["name"]) == (Decimal("12.50"), True, "Ada")


def test_a_payload_that_the_model_refuses_names_field_and_cause():
    with pytest.raises(ContextInvalidError) as error:
        ORDER.load_merged(START, '{"paid":"maybe"}')

    assert error.value.path == "paid"
    assert "got 'maybe'. The payload of a signal brought it" in str(error.value)


@pytest.mark.parametrize("payload", ["[]", "3", "null"])
def test_a_payload_is_an_object(payload):
    with pytest.raises(ContextInvalidError, match="a payload is an object"):
        ORDER.load_merged(START, payload)


# -- data of complete() ------------------------------------------------------------------------
def test_data_is_merged_under_declared_and_other_names():
    ctx = ORDER.load(START)

    ORDER.merge(ctx, {"paid": True, "final": "approved"})

    assert decode(ORDER.dump(ctx, START, "here")) == {
        **decode(START),
        "paid": True,
        "final": "approved",
    }


def test_data_without_a_declared_type_may_be_anything_that_has_a_text():
    """No step reads it after `complete`, so nothing can be surprised by it."""
    ctx = ORDER.load(START)

    ORDER.merge(ctx, {"at": date(2026, 1, 2), "sum": Decimal("1.5"), "who": Item(name="Ada")})

    kept = decode(ORDER.dump(ctx, START, "here"))
    assert (kept["at"], kept["sum"], kept["who"]["name"]) == ("2026-01-02", "1.5", "Ada")


def test_data_that_has_no_text_is_refused_with_its_name():
    ctx = ORDER.load(START)

    with pytest.raises(ContextInvalidError, match=r"^final: it cannot be written as JSON"):
        ORDER.merge(ctx, {"final": object()})

    ORDER.merge(ctx, {"final": "\ud800"})
    assert refused(ORDER, ctx).path == "final"


def test_wrong_data_is_refused_when_it_is_written():
    ctx = ORDER.load(START)
    ORDER.merge(ctx, {"paid": "maybe"})

    assert refused(ORDER, ctx).path == "paid"


def test_other_names_are_refused_where_the_model_forbids_them():
    class Strict(BaseModel):
        model_config = ConfigDict(extra="forbid")
        paid: bool = False

    codec = Codec(Strict)

    with pytest.raises(ContextInvalidError, match=r"^final: the Context forbids fields"):
        codec.merge(codec.load("{}"), {"final": 1})


# -- the first context -------------------------------------------------------------------------
def test_a_first_context_may_be_an_instance_of_the_declared_model_or_of_ours():
    assert ORDER.begin(Order(order_id=1)) == START
    assert ORDER.begin(ORDER.made_of({"order_id": 1})) == START
    assert (ORDER.accepted, OPEN.accepted) == (Order, OPEN.model)


@pytest.mark.parametrize("value", [Decimal(1), float("nan"), object()])
def test_a_first_context_that_cannot_be_kept_is_the_callers_error(value):
    with pytest.raises(InvalidValueError) as error:
        ORDER.begin(Order(order_id=1, meta={"x": value}))

    assert error.value.path.startswith("meta")


def test_a_first_context_made_past_the_model_is_checked():
    with pytest.raises(InvalidValueError, match="order_id"):
        ORDER.begin(Order.model_construct(order_id="abc"))
