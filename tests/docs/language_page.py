"""`docs/language.md`: every field of a definition, made from the models that read it.

`python -m tests.docs.language_page` writes it; a test tells when it is out of date.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from perdure.authoring.graphs.models import STEP_MODELS
from perdure.authoring.graphs.publishing import definition_schema
from perdure.cli.schemas import words_of
from perdure.wire.encoding import encode

PAGE = Path(__file__).parents[2] / "docs" / "language.md"
HEAD = """\
# The language of definitions

Every field of a definition, with its type, its limits, and what it is where it is not said. This page
is made from the models that read definitions; [definitions.md](definitions.md) explains them, and
`perdure schema` prints the same as a JSON Schema. A *template* is any JSON in which `${...}` stands for
values: `${workflow.input.NAME}`, `${STEP.result.PATH}`, and in a loop `${loop.current_item}`,
`${loop.index}`, `${loop.length}`.
"""
FIRST = "Inference"
STEP = "a step"


def made() -> str:
    """Return the page."""
    schema = definition_schema()
    parts = schema["$defs"]
    steps = {model.__name__: name for name, model in STEP_MODELS.items()}
    page = [HEAD, "\n## A definition\n", *_table(schema, schema, ("steps",))]
    page += ["\n## Every step\n\nA step has an `id`, unless another step holds it, and a `type`.\n"]
    common = set.intersection(*(set(parts[model]["properties"]) for model in steps)) - {"type"}
    page += _table(_only(parts[FIRST], common), schema)
    for model, name in steps.items():
        own = {field for field in parts[model]["properties"] if field not in common}
        page += [f"\n## {name}\n\n{parts[model]['description']}\n"]
        page += _table(_only(parts[model], own - {"type"}), schema)
    for model in sorted(set(parts) - set(steps)):
        page += [f"\n## {model}\n\n{parts[model]['description']}\n", *_table(parts[model], schema)]
    return "".join(page)


def _only(part: Mapping[str, Any], fields: Any) -> dict[str, Any]:
    known = {name: said for name, said in part["properties"].items() if name in fields}
    return {**part, "properties": known}


def _table(
    part: Mapping[str, Any], schema: Mapping[str, Any], needed: tuple[str, ...] = ()
) -> Iterator[str]:
    yield "\n| field | type | if it is not said |\n|---|---|---|\n"
    required = {*part.get("required", ()), *needed}
    for name, said in part["properties"].items():
        default = said.get("default")
        told = (
            "it is needed"
            if name in required
            else f"`{encode(default)}`"
            if default is not None
            else ""
        )
        yield f"| `{name}` | {_type(said, schema)} | {told} |\n"


def _type(said: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    """Return a field's type in words; one that is told of elsewhere is named."""
    if "$ref" in said:
        name = said["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in said:
        kinds = [_type(one, schema) for one in said["anyOf"] if one != {"type": "null"}]
        return " or ".join(dict.fromkeys(kinds))
    if said.get("type") == "array":
        kind = _type(said["items"], schema)
        return "list of steps" if kind == STEP else f"list of {kind}"
    return _plain(said, schema)


def _plain(said: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    if "oneOf" in said or "allOf" in said:
        return STEP
    if said.get("type") == "object" and said.get("additionalProperties") is True:
        return "object"
    if not set(said) - {"default"}:
        return "template"
    return words_of(said, schema).replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(made(), encoding="utf-8")
