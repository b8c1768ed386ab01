"""A context as the store keeps it: JSON text into the model, and the model into JSON text.

What a step leaves is read back before it is kept, so that no step can leave a context that its
model cannot load, and what the next step sees is what this one left.
"""

from collections.abc import Callable, Mapping
from typing import Any

from perdure.authoring.steps.exactness import fields_of, lost
from perdure.authoring.steps.models import context_model
from perdure.errors import ContextInvalidError, InvalidValueError
from perdure.wire.encoding import check_value, decode, encode

MOST_BYTES = 256 * 1024
_MOST_BRACKETS = 64  # with fewer, nothing can be nested too deep

Refused = Callable[[str, str], Exception]
"""Makes an error of what is wrong and the path of the field."""


class Codec:
    """Loads and dumps the contexts of one workflow class. Made once, safe for threads."""

    def __init__(self, declared: type | None) -> None:
        """Compile the model; pydantic must be there from here on."""
        from pydantic import ValidationError  # not needed to import a workflow
        from pydantic_core import PydanticSerializationError

        self.model = context_model(declared)
        self.accepted = self.model if declared is None else declared
        self.invalid = ValidationError
        self._validate_json = self.model.__pydantic_validator__.validate_json
        self._to_json = self.model.__pydantic_serializer__.to_json
        self._cannot_dump = (PydanticSerializationError, ValueError, TypeError, RecursionError)
        fields = self.model.model_fields
        self.names = tuple(fields)
        self._names = {field.alias: name for name, field in fields.items() if field.alias}

    def has(self, name: str) -> bool:
        """Whether the model declares a field of this name or alias."""
        return name in self._names or name in self.names

    def made_of(self, values: Mapping[str, Any]) -> Any:
        """Return a context of these values. Raises what `invalid` names."""
        return self.model.__pydantic_validator__.validate_python(
            dict(values), by_alias=True, by_name=True
        )

    def load(self, text: str, hint: str = "", *, by_alias: bool = False) -> Any:
        """Return the context of a JSON text. Raises ContextInvalidError that names the field."""
        try:
            return self._validate_json(text, by_alias=by_alias, by_name=True)
        except self.invalid as error:
            raise _refuse(*explained(error), hint) from error

    def load_merged(self, text: str, payload: str) -> Any:
        """Return the context with a payload's keys merged into it. Raises ContextInvalidError."""
        brought = decode(payload)
        if not isinstance(brought, dict):
            raise ContextInvalidError(
                f"a payload is an object of names and values, not {brought!r}"
            )
        renamed = {self._names.get(name, name): value for name, value in brought.items()}
        merged = encode({**decode(text), **renamed})
        return self.load(merged, "The payload of a signal brought it", by_alias=True)

    def merge(self, context: Any, data: Mapping[str, Any]) -> None:
        """Put what `complete` brings into a context, under declared names or others.

        Values without a declared type are made plain JSON here: no step will read them. `dump`
        checks the rest. Raises ContextInvalidError.
        """
        for given, value in data.items():
            name = self._names.get(given, given)
            if name in self.model.model_fields:
                context.__dict__[name] = value
            elif context.__pydantic_extra__ is not None:
                context.__pydantic_extra__[name] = self._plain(name, value)
            else:
                raise ContextInvalidError("the Context forbids fields that it has not", path=name)

    def _plain(self, name: str, value: Any) -> Any:
        from pydantic_core import to_jsonable_python

        try:
            return to_jsonable_python(value)
        except self._cannot_dump as error:
            raise ContextInvalidError(
                f"it cannot be written as JSON: {error}", path=name
            ) from error

    def dump(self, context: Any, before: str, hint: str) -> str | None:
        """Return the context's JSON text; None if it is `before` still.

        Raises ContextInvalidError, ending in `hint`, for values that the model refuses, that JSON
        cannot keep or would change, and for more than 256 KiB.
        """
        raw = self._raw(context, self._to_json, _refuser(hint))
        text: str = raw.decode()
        return None if text == before else self._settled(context, text, _refuser(hint))

    def begin(self, context: Any) -> str:
        """Return the JSON text of a first context, an instance of the declared model or of ours.

        Raises InvalidValueError.
        """
        to_json = type(context).__pydantic_serializer__.to_json
        raw = self._raw(context, to_json, InvalidValueError)
        return self._settled(context, raw.decode(), InvalidValueError)

    def is_refusal(self, error: Exception) -> bool:
        """Whether an error is the model's own, from an assignment that it checks."""
        return isinstance(error, self.invalid) and error.title == self.model.__name__

    def _raw(self, context: Any, to_json: Any, refused: Refused) -> Any:
        try:
            raw = to_json(context, by_alias=False, round_trip=True, warnings=False)
        except self._cannot_dump as error:
            wrong = f"it cannot be written as JSON: {error}"
            raise refused(wrong, self._culprit(context, to_json)) from error
        if len(raw) > MOST_BYTES:
            size = f"{len(raw):,} bytes, and at most {MOST_BYTES:,} are kept"
            raise refused(f"the context has {size}. Keep large values elsewhere, and ids here", "")
        return raw

    def _culprit(self, context: Any, to_json: Any) -> str:
        """Return the field that cannot be written."""
        for name in fields_of(context):
            try:
                to_json(context, by_alias=False, round_trip=True, warnings=False, include={name})
            except self._cannot_dump:
                return name
        return "context"

    def _settled(self, context: Any, text: str, refused: Refused) -> str:
        """Return the text to keep, after it was read back and found to say the same."""
        try:
            again = self._validate_json(text, by_alias=False, by_name=True)
        except self.invalid as error:
            raise refused(*explained(error, fields_of(context))) from error
        if _is_suspect(text):
            _check_plain(text, refused)
        if _equal(context, again):
            return text
        return self._normalised(context, again, text, refused)

    def _normalised(self, context: Any, again: Any, text: str, refused: Refused) -> str:
        """Return the text of what was read back, if it differs because a validator changed it."""
        settled: str = self._raw(again, self._to_json, refused).decode()
        was, now = decode(text), decode(settled)
        before, after = fields_of(context), fields_of(again)
        for name, value in before.items():
            if name not in after or was.get(name) != now.get(name):
                continue  # a validator gave it another value
            if found := lost(value, after[name], name):
                raise refused(_changed(found[1]), found[0])
        return settled


def explained(error: Any, values: Mapping[str, Any] | None = None) -> tuple[str, str]:
    """Return what a model's first objection is, and the path of the field it is about."""
    first = error.errors(include_url=False, include_context=False)[0]
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in first["loc"])
    path = path.removeprefix(".")
    given = (values or {}).get(path, first["input"])
    message = first["msg"][:1].lower() + first["msg"][1:]
    if first["type"] == "missing":
        return message, path
    return f"{message}, got {_shown(given)}", path


def _equal(one: Any, two: Any) -> bool:
    return bool(
        one.__dict__ == two.__dict__
        and (one.__pydantic_extra__ or None) == (two.__pydantic_extra__ or None)
    )


def _refuser(hint: str) -> Refused:
    return lambda message, path: _refuse(message, path, hint)


def _refuse(message: str, path: str, hint: str) -> ContextInvalidError:
    return ContextInvalidError(f"{message}. {hint}" if hint else message, path=path)


def _is_suspect(text: str) -> bool:
    """Whether a text may hold what cannot be kept; most hold none of these signs."""
    return (
        "\\u0000" in text
        or "NaN" in text
        or "Infinity" in text
        or text.count("{") + text.count("[") > _MOST_BRACKETS
    )


def _check_plain(text: str, refused: Refused) -> None:
    try:
        check_value(decode(text))
    except InvalidValueError as error:
        raise refused(str(error).removeprefix(f"{error.path}: "), error.path) from error


def _changed(value: Any) -> str:
    return (
        f"{_shown(value)} would come back from JSON as something else. Declare its type in the "
        f"Context, or keep it as text"
    )


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
