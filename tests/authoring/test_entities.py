"""What an event is about, of whatever kind it is: type, id and a snapshot; and a loader for it."""

import threading
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

import pytest
from pydantic import BaseModel

from perdure.authoring import entities
from perdure.authoring.entities import NOTHING, Entity, Snapshot, entity_loader, entity_of, loaded
from perdure.errors import DefinitionError, InvalidValueError

WHICH = UUID("12345678-1234-5678-1234-567812345678")


class Order(BaseModel):
    id: int
    total: Decimal = Decimal("1.50")


@dataclass
class Parcel:
    id: str
    weight: float


class Row:
    """As an object mapper makes them."""

    def __init__(self, pk):
        self.pk = pk
        self.name = "a row"
        self.lock = threading.Lock()
        self._state = "hidden"


@pytest.fixture(autouse=True)
def no_loaders(monkeypatch):
    monkeypatch.setattr(entities, "_LOADERS", {})


@pytest.mark.parametrize(
    ("given", "entity"),
    [
        (None, NOTHING),
        (5, Entity("", 5, {"id": 5})),
        ("a-5", Entity("", "a-5", {"id": "a-5"})),
        (WHICH, Entity("", str(WHICH), {"id": str(WHICH)})),
        ({"id": 5, "total": Decimal("2.50")}, Entity("", 5, {"id": 5, "total": "2.50"})),
        ({"total": 2}, Entity("", None, {"total": 2})),
        (("Order", 5), Entity("Order", 5, {"id": 5})),
        ((Order, "x"), Entity("Order", "x", {"id": "x"})),
        (Order(id=5), Entity("Order", 5, {"id": 5, "total": "1.50"})),
        (Parcel("p1", 2.5), Entity("Parcel", "p1", {"id": "p1", "weight": 2.5})),
        (Row(7), Entity("Row", 7, {"id": 7, "pk": 7, "name": "a row"})),
    ],
)
def test_type_id_and_snapshot_are_kept(given, entity):
    assert entity_of(given) == entity


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (object(), "nothing that an event can be about"),
        (Order, "Order is a class. Give one of its instances"),
        (True, "nothing that an event can be about"),
        ("", "nothing that an event can be about"),
        (("Order", None), 'no pair of type and id. Write ("Order", 5)'),
        ((1, 2, 3), "no pair of type and id"),
        ({"id": 1, "lock": threading.Lock()}, "it cannot be written as JSON"),
        ({"id": 1, "rate": float("nan")}, "nan is not a JSON number"),
    ],
)
def test_what_cannot_be_one_is_refused(given, told):
    with pytest.raises(InvalidValueError, match=r"^entity") as raised:
        entity_of(given)

    assert told in str(raised.value)


def test_a_loader_gives_the_entity_itself():
    entity_loader(Order)(lambda of: Order(id=of, total=9))

    assert loaded("Order", 5, {"id": 5, "total": "1.50"}) == Order(id=5, total=9)


def test_a_loader_is_known_by_the_name_of_its_type_and_may_find_nothing():
    @entity_loader("Order")
    def load(_of):
        return None

    assert loaded("Order", 5, {"id": 5}) is None


def test_without_a_loader_or_an_id_it_is_the_snapshot():
    entity_loader(Order)(lambda of: 1 / 0)

    assert loaded("Order", None, {"total": 2}).total == 2
    assert loaded("Parcel", "p1", {"id": "p1"}).id == "p1"
    assert loaded("", None, None) is None


def test_a_snapshot_has_its_values_as_attributes_and_by_key():
    order = Snapshot("Order", {"id": 5, "customer": {"name": "Ada"}, "tags": ["a"]})

    assert (order.id, order.customer.name, order["tags"], list(order), len(order)) == (
        5, "Ada", ["a"], ["id", "customer", "tags"], 3,
    )  # fmt: skip
    assert repr(order).startswith("<snapshot of Order: {'id': 5")
    assert repr(Snapshot("", {})) == "<snapshot of entity: {}>"


def test_a_value_that_a_snapshot_has_not_says_how_to_have_the_entity():
    with pytest.raises(AttributeError) as raised:
        _ = Snapshot("Order", {"id": 5}).lines

    assert str(raised.value) == (
        "the snapshot of this Order has no 'lines'; it has: id. To have the Order itself, "
        "register a loader: @entity_loader(Order)"
    )
    with pytest.raises(AttributeError, match=r"it has: nothing.*@entity_loader\(\.\.\.\)"):
        _ = Snapshot("", {}).id


async def _awaited(of):
    return of


@pytest.mark.parametrize(
    ("of", "load", "told"),
    [
        (5, len, "takes a class or its name, not 5"),
        (Order, "load", "Write it above a plain function"),
        (Order, _awaited, "it is called where nothing is awaited"),
    ],
)
def test_what_is_no_loader_is_refused(of, load, told):
    with pytest.raises(DefinitionError, match=told):
        entity_loader(of)(load)
