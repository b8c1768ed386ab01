"""`validate_json`: a value that is as a JSON Schema says, or an error that says why not."""

from itertools import islice
from typing import Any

from perdure.authoring.functions import function
from perdure.authoring.schemas import validator
from perdure.errors import InvalidInputError

MOST_TOLD = 20


@function("validate_json", returns="json")
def validate_json(value: Any, *, schema: dict[str, Any]) -> Any:
    """Return the value unchanged, if it is valid by the JSON Schema (draft 2020-12 by default).

    Else the step fails as `invalid_input`, and the message tells up to 20 things that are wrong,
    each with its place. A `$ref` leads to a place in the schema itself, never elsewhere.
    """
    wrong = list(islice(validator(schema, "parameters.schema").iter_errors(value), MOST_TOLD + 1))
    if not wrong:
        return value
    lines = [f"{_place(error.instance_path)}: {error.message[:200]}" for error in wrong[:MOST_TOLD]]
    more = "" if len(wrong) <= MOST_TOLD else "\n  and more"
    raise InvalidInputError(
        "is not as the schema says:\n  " + "\n  ".join(lines) + more, path="input"
    )


def _place(path: list[str | int]) -> str:
    made = "input"
    for part in path:
        made += f"[{part}]" if isinstance(part, int) else f".{part}"
    return made
