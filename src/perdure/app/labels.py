"""What runs are found by: tags and search attributes, as callers give them and as they are asked for."""

import math
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from perdure.errors import InvalidValueError
from perdure.kernel.run import Status
from perdure.ports.commit import Label
from perdure.ports.rows import RunFilter, WantedLabel
from perdure.wire.encoding import check_value

TAG = "tag"
TAKEN = ("status", "workflow", "error", "paused", "created", TAG)
"""What `where` asks of a run itself; no search attribute can have these names."""

Where = str | Mapping[str, Any] | Iterable[str]
"""Conditions that must all hold: `"customer=42"`, several such texts, or a mapping of what is equal."""

_NAME = re.compile(r"[^\s<>=!]+")
_CONDITION = re.compile(r"\s*([^\s<>=!]+)\s*(<=|>=|<|>|=)\s*(.*?)\s*", re.DOTALL)
_POISON = "worker_died"
_GREATEST = 10**300


def labels_of(run: str, tags: Iterable[str], attributes: Mapping[str, Any]) -> list[Label]:
    """Return a run's labels. Raises InvalidValueError that says which one cannot be kept."""
    if isinstance(tags, str):
        raise InvalidValueError(f"tags are a list of texts. Write tags=[{tags!r}]", "tags")
    made = [Label(run, TAG, _tag(tag), None) for tag in dict.fromkeys(tags)]
    for name, value in attributes.items():
        if name in TAKEN or not isinstance(name, str) or not _NAME.fullmatch(name):
            hint = f"choose another one than {', '.join(TAKEN)}, without blanks and < > = !"
            raise InvalidValueError(f"no attribute can have this name: {hint}", repr(name))
        made.append(Label(run, name, *_kept(name, value)))
    check_value([label[1:3] for label in made], "labels")
    return made


def _tag(tag: object) -> str:
    if not isinstance(tag, str) or not tag:
        raise InvalidValueError(f"a tag is a text, not {tag!r}", "tags")
    return tag


def _kept(name: str, value: Any) -> tuple[str, float | None]:
    """Return a value's text, and what it is as a number, if it is one: seconds for a date."""
    if isinstance(value, Enum):
        value = value.value
    kept: tuple[str, float | None]
    match value:
        case bool():
            kept = str(value).lower(), None
        case str() | UUID():
            kept = str(value), None
        case int():
            kept = str(value), float(value) if abs(value) < _GREATEST else None
        case float() | Decimal() if math.isfinite(value):
            kept = _number(value), float(value)
        case datetime() if value.tzinfo is not None:
            kept = value.astimezone(UTC).isoformat(), value.timestamp()
        case date() if not isinstance(value, datetime):
            kept = value.isoformat(), _midnight(value)
        case _:
            kinds = "a text, number, bool, UUID, date, or datetime with a time zone"
            raise InvalidValueError(f"a search attribute is {kinds}, not {value!r}", name)
    return kept


def _number(value: float | Decimal) -> str:
    return str(int(value)) if value == int(value) else str(value)


def _midnight(day: date) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()


def filter_of(where: Where, query: RunFilter | None = None) -> RunFilter:
    """Return the filter that `where` means, added to a query. Raises InvalidValueError.

    A text is NAME=VALUE, or with < <= > >= for numbers and dates. `status=live` are all runs that
    go on, `error=poison` those that ended because their step took its worker with it.
    """
    query = query or RunFilter()
    wanted = {name: getattr(query, name) for name in RunFilter.__dataclass_fields__}
    for name, how, value in _conditions(where):
        _add(wanted, name, how, value)
    return RunFilter(**wanted)


def _conditions(where: Where) -> list[tuple[str, str, Any]]:
    if isinstance(where, Mapping):
        return [(str(name), "=", value) for name, value in where.items()]
    found = []
    for text in (where,) if isinstance(where, str) else where:
        match = _CONDITION.fullmatch(text)
        if match is None:
            hint = "Write NAME=VALUE, such as status=failed, tag=vip, customer=42 or amount>=100"
            raise InvalidValueError(f"{text!r} is no condition. {hint}", "where")
        found.append((match[1], match[2], match[3]))
    return found


def _add(wanted: dict[str, Any], name: str, how: str, value: Any) -> None:
    """Add one condition to the fields of a filter."""
    if name == "created":
        least, most = _bounds(name, how, value)
        wanted["since"] = max(wanted["since"], least if least is not None else 0.0)
        wanted["until"] = min(wanted["until"], most if most is not None else math.inf)
    elif name not in TAKEN or name == TAG:
        wanted["labels"] = (*wanted["labels"], _label(name, how, value))
    elif how != "=":
        raise InvalidValueError(f"{name} is compared with = only", "where")
    elif name == "status":
        _add_status(wanted, str(value))
    elif name == "paused":
        wanted["paused"] = str(value).lower() in ("true", "1", "yes")
    elif name == "error":
        wanted["error"] = _POISON if value == "poison" else str(value)
    else:
        wanted[name] = str(value)


def _add_status(wanted: dict[str, Any], status: str) -> None:
    if status == "live":
        wanted["live"] = True
    elif status in tuple(Status):
        wanted["status"] = status
    else:
        there = ", ".join(Status)
        raise InvalidValueError(f"{status!r} is no status. There are: live, {there}", "where")


def _label(name: str, how: str, value: Any) -> WantedLabel:
    if how == "=":
        return WantedLabel(name, value=_kept(name, value)[0])
    least, most = _bounds(name, how, value)
    return WantedLabel(name, least=least, most=most)


def _bounds(name: str, how: str, value: Any) -> tuple[float | None, float | None]:
    """Return the least and the most number that a comparison allows."""
    first, last = _span(name, value)
    match how:
        case ">":
            return math.nextafter(last, math.inf), None
        case ">=":
            return first, None
        case "<":
            return None, math.nextafter(first, -math.inf)
        case "<=":
            return None, last
        case _:
            return first, last


def _span(name: str, value: Any) -> tuple[float, float]:
    """Return the first and the last number that a value stands for: of a date, its whole day."""
    value = _read(str(value))
    number = _kept(name, value)[1] if value is not None else None
    if number is None:
        raise InvalidValueError("only numbers and dates, such as 2026-11-27, are compared so", name)
    is_day = isinstance(value, date) and not isinstance(value, datetime)
    return number, math.nextafter(number + 86_400.0, 0.0) if is_day else number


def _read(text: str) -> float | date | datetime | None:
    """Return the number or date that a text is; a time without a zone is in UTC."""
    for read in (float, date.fromisoformat, datetime.fromisoformat):
        try:
            found: float | date | datetime = read(text)
        except ValueError:
            continue
        if isinstance(found, datetime) and found.tzinfo is None:
            return found.replace(tzinfo=UTC)
        return found
    return None
