"""What an event is about: its type, id and a snapshot, taken of whatever plain thing it is.

A loader that is registered for the type gives the thing itself again when a workflow asks for it;
without one the workflow has the snapshot, whose values are attributes.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, is_dataclass
from inspect import iscoroutinefunction
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from perdure.errors import DefinitionError, InvalidValueError
from perdure.wire.encoding import check_value

F = TypeVar("F", bound=Callable[[Any], Any])
Id = str | int

_LOADERS: dict[str, Callable[[Any], Any]] = {}


class Entity(NamedTuple):
    """What is kept of it. `type` is empty where only an id or a dict was given."""

    type: str
    id: Id | None
    snapshot: Mapping[str, Any] | None


NOTHING = Entity("", None, None)


def entity_loader(of: type | str, /) -> Callable[[F], F]:
    """Register a function that takes an id and gives the entity of this type again.

    `event.entity` calls it when a workflow reads it, so that it is as it stands then. What it
    returns is what the workflow gets, also None. A type is known by its class's name.
    """
    name = of if isinstance(of, str) else getattr(of, "__name__", "")
    if not name:
        raise DefinitionError(f"@entity_loader takes a class or its name, not {of!r}")

    def register(load: F) -> F:
        if not callable(load) or iscoroutinefunction(load):
            raise DefinitionError(
                f"@entity_loader({name}) stands above {load!r}. Write it above a plain function "
                f"that takes an id: it is called where nothing is awaited"
            )
        _LOADERS[name] = load
        return load

    return register


def loaded(kind: str, of: Id | None, snapshot: Mapping[str, Any] | None) -> Any:
    """Return an entity as its loader gives it, else its snapshot; None where there is none."""
    if of is not None and (load := _LOADERS.get(kind)) is not None:
        return load(of)
    return None if snapshot is None else Snapshot(kind, snapshot)


class Snapshot(Mapping[str, Any]):
    """An entity as it was when its event was told: its values by attribute, or by key."""

    __slots__ = ("_type", "_values")

    def __init__(self, kind: str, values: Mapping[str, Any]) -> None:
        self._type = kind
        self._values = values

    def __getattr__(self, name: str) -> Any:
        """Return a value of it; one that has values itself is a snapshot, too."""
        try:
            value = self._values[name]
        except KeyError:
            kind = self._type or "entity"
            known = ", ".join(self._values) or "nothing"
            raise AttributeError(
                f"the snapshot of this {kind} has no {name!r}; it has: {known}. To have the "
                f"{kind} itself, register a loader: @entity_loader({self._type or '...'})",
                name=name,
                obj=None,
            ) from None
        return Snapshot(name, value) if isinstance(value, dict) else value

    def __getitem__(self, key: str) -> Any:
        """Return a value of it."""
        return self._values[key]

    def __iter__(self) -> Iterator[str]:
        """Go through the names of its values."""
        return iter(self._values)

    def __len__(self) -> int:
        """Return how many values it has."""
        return len(self._values)

    def __repr__(self) -> str:
        """Show the type and the values."""
        return f"<snapshot of {self._type or 'entity'}: {dict(self._values)!r}>"


def entity_of(given: object) -> Entity:
    """Return what is kept of an entity: a model, a dataclass, a dict, another object, or an id.

    A pair of type and id is one, too. Raises InvalidValueError for what cannot be one, or kept.
    """
    if given is None:
        return NOTHING
    if (of := _plain_id(given)) is not None:
        return Entity("", of, {"id": of})
    if isinstance(given, tuple):
        return _of_pair(given)
    if isinstance(given, Mapping):
        values = _plain(dict(given))
        return Entity("", _plain_id(values.get("id")), values)
    if isinstance(given, type):
        raise InvalidValueError(f"{given.__name__} is a class. Give one of its instances", "entity")
    return _of_object(given)


def _of_pair(given: tuple[Any, ...]) -> Entity:
    kind = given[0] if len(given) == 2 else None
    name = kind if isinstance(kind, str) else getattr(kind, "__name__", "")
    of = _plain_id(given[1]) if name else None
    if of is None:
        raise InvalidValueError(
            f'{given!r} is no pair of type and id. Write ("Order", 5)', "entity"
        )
    return Entity(name, of, {"id": of})


def _of_object(given: Any) -> Entity:
    if callable(dump := getattr(given, "model_dump", None)):
        values = _plain(dump(mode="json"))
    elif is_dataclass(given):
        values = _plain(asdict(given))  # type: ignore[arg-type] # it is no class
    else:
        values = _attributes(given)
    of = _plain_id(getattr(given, "id", getattr(given, "pk", None)))
    if of is None and not values:
        raise InvalidValueError(
            f"{given!r} is nothing that an event can be about. Give a model, a dataclass, a dict, "
            f"or an id",
            "entity",
        )
    return Entity(type(given).__name__, of, values if of is None else {"id": of, **values})


def _plain_id(value: object) -> Id | None:
    """Return an id as it is kept; None for what is no id."""
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, str | int) and not isinstance(value, bool) and value != "":
        return str(value) if isinstance(value, str) else int(value)
    return None


def _plain(values: Any) -> dict[str, Any]:
    from pydantic_core import PydanticSerializationError, to_jsonable_python

    try:
        made: dict[str, Any] = to_jsonable_python(values)
    except (PydanticSerializationError, ValueError) as error:
        raise InvalidValueError(f"it cannot be written as JSON: {error}", "entity") from error
    check_value(made, "entity")
    return made


def _attributes(given: object) -> dict[str, Any]:
    """Return those attributes of an object that can be kept; it may have others of its own."""
    kept: dict[str, Any] = {}
    for name, value in getattr(given, "__dict__", {}).items():
        if not name.startswith("_"):
            try:
                kept |= _plain({name: value})
            except InvalidValueError:
                continue  # a connection, a lock ...: no part of what it is
    return kept
