"""Lists of things: their fields taken, some of them kept, put in order, told once."""

import re
from collections.abc import Callable, Mapping
from operator import ge, gt, le, lt
from typing import Annotated, Any, Literal, Required

from annotated_types import Ge, Len
from typing_extensions import TypedDict  # the library's own: pydantic takes no other before 3.12

from perdure.authoring.functions import function
from perdure.errors import InvalidInputError
from perdure.packs.functions.fields import MISSING, value_at
from perdure.wire.encoding import encode

Operator = Literal[
    "equals", "not_equals", "more_than", "at_least", "less_than", "at_most",
    "one_of", "contains", "starts_with", "exists", "missing",
]  # fmt: skip
Paths = str | list[str]

_SPACES = re.compile(r"\s+")


class Condition(TypedDict, total=False):
    """What an item is to fulfil: `{"field": "year", "op": "at_least", "value": 2020}`."""

    # The validator's own word: a name that is misspelt is an error, not left out.
    __pydantic_config__ = {"extra": "forbid"}  # type: ignore[misc] # noqa: RUF012

    field: Required[str]
    op: Operator
    value: Any


_ORDERED: dict[str, Callable[[Any, Any], bool]] = {
    "more_than": gt,
    "at_least": ge,
    "less_than": lt,
    "at_most": le,
}


@function("map_fields", returns="json")
def map_fields(items: Any, *, fields: dict[str, str], keep: bool = False) -> Any:
    """Return items with the fields that are named: `{"who": "author.name"}` gives `{"who": ...}`.

    An item is an object; a single one gives a single one. A field that an item lacks is null.
    `keep` leaves the item's own fields beside them.
    """
    if isinstance(items, list):
        return [_mapped(item, fields, keep) for item in items]
    return _mapped(items, fields, keep)


@function("filter_items", returns="list")
def filter_items(
    items: list[Any],
    *,
    where: Annotated[list[Condition], Len(1, 100)],
    match: Literal["all", "any"] = "all",
) -> list[Any]:
    """Return the items that fulfil the conditions, in their order.

    A condition is `{"field": "author.name", "op": "equals", "value": "Ada"}`; without `op` it is
    `equals`, and the field `""` is the item itself. What an item lacks fulfils only `missing` and
    `not_equals`. Text is compared with text and numbers with numbers; else it is an error.
    """
    needed = all if match == "all" else any
    return [
        item
        for number, item in enumerate(items)
        if needed(_fulfils(item, condition, f"input[{number}]") for condition in where)
    ]


@function("sort_items", returns="list")
def sort_items(items: list[Any], *, by: Paths = "", descending: bool = False) -> list[Any]:
    """Return the items in order of a field, or of several; equal ones stay in their order.

    A minus before a field turns its order: `["-year", "title"]`. `descending` turns all. Items
    that lack the field, or have null, come last in any case.
    """
    made = list(items)
    for path in reversed([by] if isinstance(by, str) else by):
        _sort(made, path.removeprefix("-"), descending is not path.startswith("-"))
    return made


@function("deduplicate", returns="list")
def deduplicate(items: list[Any], *, by: Paths = "", ignore_case: bool = False) -> list[Any]:
    """Return the items, of those that are equal the first one only.

    `by` names the fields that make items equal; without it the whole item does. An item that
    lacks all of them is kept. `ignore_case` also takes all white space for one space.
    """
    paths = [by] if isinstance(by, str) else by
    seen: set[str] = set()
    made = []
    for item in items:
        values = [value_at(item, path) for path in paths]
        if all(value is MISSING or value is None for value in values) and paths != [""]:
            made.append(item)
            continue
        told = encode([None if value is MISSING else _even(value, ignore_case) for value in values])
        if told not in seen:
            seen.add(told)
            made.append(item)
    return made


@function("split_items", returns="list")
def split_items(items: list[Any], *, size: Annotated[int, Ge(1)]) -> list[list[Any]]:
    """Return the items in lists of `size`, the last one of what is left."""
    return [items[first : first + size] for first in range(0, len(items), size)]


def _mapped(item: Any, fields: Mapping[str, str], keep: bool) -> dict[str, Any]:
    if not isinstance(item, Mapping):
        raise InvalidInputError(
            f"an item is {_kind(item)}, and no object with fields", path="input"
        )
    taken = {name: value_at(item, path) for name, path in fields.items()}
    made = {name: None if value is MISSING else value for name, value in taken.items()}
    return {**item, **made} if keep else made


def _fulfils(item: Any, condition: Condition, place: str) -> bool:
    operator = condition.get("op", "equals")
    found = value_at(item, condition["field"])
    if operator in ("exists", "missing"):
        return (found is MISSING or found is None) is (operator == "missing")
    if "value" not in condition:
        raise InvalidInputError(f"'{operator}' needs a value", path="parameters.where")
    if found is MISSING:
        return operator == "not_equals"
    return _compared(operator, found, condition["value"], f"{place}.{condition['field']}")


def _compared(operator: str, found: Any, wanted: Any, place: str) -> bool:
    match operator:
        case "equals" | "not_equals":
            return _same(found, wanted) is (operator == "equals")
        case "one_of":
            return any(_same(found, one) for one in _demand(wanted, list, "value"))
        case "contains" if isinstance(found, list):
            return any(_same(part, wanted) for part in found)
        case "contains" | "starts_with":
            text, part = _demand(found, str, place), _demand(wanted, str, "value")
            return part in text if operator == "contains" else text.startswith(part)
        case _:
            if found is None:
                return False
            if _order(found, place) != _order(wanted, "value"):
                raise InvalidInputError(
                    f"is {_kind(found)}, and is compared with {_kind(wanted)}", path=place
                )
            return _ORDERED[operator](found, wanted)


def _demand(value: Any, kind: type, place: str) -> Any:
    if not isinstance(value, kind):
        wanted = "a list" if kind is list else "text"
        raise InvalidInputError(f"is {_kind(value)} and must be {wanted}", path=place)
    return value


def _same(one: Any, other: Any) -> bool:
    """Tell equal values; true is not 1."""
    return bool(one == other) and isinstance(one, bool) is isinstance(other, bool)


def _sort(items: list[Any], path: str, descending: bool) -> None:
    here, last, kinds = [], [], set()
    for number, item in enumerate(items):
        value = value_at(item, path)
        if value is MISSING or value is None:
            last.append(item)
        else:
            kinds.add(_order(value, f"input[{number}].{path}"))
            here.append((value, item))
    if len(kinds) > 1:
        raise InvalidInputError(f"{path!r} is text in some items and a number in others")
    here.sort(key=lambda pair: pair[0], reverse=descending)
    items[:] = [*(item for _, item in here), *last]


def _order(value: Any, place: str) -> str:
    """Return which values this one can be put in order with."""
    if isinstance(value, str):
        return "text"
    if isinstance(value, int | float):
        return "number"
    raise InvalidInputError(f"is {_kind(value)}, which has no order", path=place)


def _even(value: Any, ignore_case: bool) -> Any:
    """Return a value by which equal ones are told, whatever the order of their names."""
    if isinstance(value, Mapping):
        return [[name, _even(value[name], ignore_case)] for name in sorted(value)]
    if isinstance(value, list):
        return [None, *(_even(part, ignore_case) for part in value)]
    if ignore_case and isinstance(value, str):
        return _SPACES.sub(" ", value).strip().casefold()
    return value


def _kind(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case str():
            return f"the text {value[:40]!r}"
        case int() | float():
            return f"the number {value}"
        case list():
            return "a list"
        case _:
            return "an object"
