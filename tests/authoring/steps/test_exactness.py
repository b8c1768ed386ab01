"""What would come back from JSON as another kind of thing."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum, StrEnum

import pytest
from pydantic import BaseModel, Field, SecretStr

from perdure.authoring.steps.exactness import fields_of, lost


class Color(Enum):
    RED = "red"


class Size(StrEnum):
    BIG = "big"


@dataclass
class Point:
    x: int


class Opaque:
    """Equal to nothing but itself."""


class Item(BaseModel):
    name: str
    price: Decimal = Decimal(1)
    secret: int = Field(0, exclude=True)


class Gift(Item):
    ribbon: str = ""


NOW = datetime(2026, 1, 2, tzinfo=UTC)
NAN = float("nan")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (3, 3),
        (Decimal("1.50"), Decimal("1.50")),
        ("5", 5),
        (5, Decimal(5)),
        ("2026-01-02", date(2026, 1, 2)),
        ((1, 2), [1, 2]),
        ([(1, "a")], [[1, "a"]]),
        ({"a": {"b": 1}}, {"a": {"b": 1}}),
        (Size.BIG, "big"),
        (Item(name="cup"), Item(name="cup")),
        (date(2026, 1, 2), datetime(2026, 1, 2)),  # noqa: DTZ001
        (NAN, NAN),
        (Opaque(), Opaque()),
    ],
)
def test_what_says_the_same_is_not_lost(before, after):
    assert lost(before, after) is None


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        (Decimal("1.50"), "1.50", ("x", Decimal("1.50"))),
        (NOW, "2026-01-02T00:00:00Z", ("x", NOW)),
        (Color.RED, "red", ("x", Color.RED)),
        ({1, 2}, [1, 2], ("x", {1, 2})),
        (b"abc", "abc", ("x", b"abc")),
        (NAN, None, ("x", NAN)),
        (float("inf"), None, ("x", float("inf"))),
        (Point(1), {"x": 1}, ("x", Point(1))),
        (Item(name="cup"), {"name": "cup", "price": "1"}, ("x", Item(name="cup"))),
        (Gift(name="cup"), Item(name="cup"), ("x", Gift(name="cup"))),
        (SecretStr("a"), SecretStr("**"), ("x", SecretStr("a"))),
        ({"a": [1, Decimal(2)]}, {"a": [1, "2"]}, ("x.a[1]", Decimal(2))),
        ({1: "a"}, {"1": "a"}, ("x.1", 1)),
        ((NOW,), ["2026"], ("x[0]", NOW)),
    ],
)
def test_what_comes_back_as_another_kind_is_lost(before, after, found):
    place = lost(before, after, "x")

    assert repr(place) == repr(found)


def test_a_loss_inside_a_model_has_its_path():
    before, after = Item(name="cup"), Item(name="cup")
    before.__dict__["price"] = NOW
    after.__dict__["price"] = "2026"

    assert lost(before, after, "item") == ("item.price", NOW)


def test_models_that_differ_in_plain_values_have_lost_nothing():
    assert lost(Item(name="Cup"), Item(name="cup"), "item") is None


def test_a_path_begins_without_a_dot():
    assert lost({"a": Decimal(1)}, {"a": "1"}) == ("a", Decimal(1))


def test_fields_that_are_never_kept_are_not_looked_at():
    assert fields_of(Item(name="cup", secret=3)) == {"name": "cup", "price": Decimal(1)}


def test_undeclared_fields_are_looked_at():
    class Open(BaseModel, extra="allow"):
        name: str = ""

    assert fields_of(Open(form=1)) == {"name": "", "form": 1}
