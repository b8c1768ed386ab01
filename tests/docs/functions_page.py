"""The reference part of `docs/functions.md`, made from the registry.

`python -m tests.docs.functions_page` writes it; a test tells when it is out of date.
"""

import inspect
from pathlib import Path

from perdure.authoring.functions import FunctionRegistry
from perdure.cli.schemas import default_of, words_of
from perdure.packs import register

PAGE = Path(__file__).parents[2] / "docs" / "functions.md"
HEAD = "## All of them\n"


def made():
    """Return the page with its reference made anew."""
    written = PAGE.read_text(encoding="utf-8")
    before = written.partition(HEAD)[0]
    return before + HEAD + "".join(_entries())


def _entries():
    registry = FunctionRegistry()
    register(registry)
    for name in registry.names():
        function = registry.get(name)
        yield f"\n### {name}\n\n`{function.takes}` → `{function.returns}`\n"
        yield f"\n{inspect.cleandoc(function.call.__doc__)}\n"
        schema = function.schema()
        if schema["properties"]:
            yield "\n| parameter | type | default |\n|---|---|---|\n"
            for parameter, part in schema["properties"].items():
                default = default_of(parameter, schema)
                told = f"`{default}`" if default else "needed"
                yield f"| `{parameter}` | {words_of(part, schema)} | {told} |\n"


if __name__ == "__main__":
    PAGE.write_text(made(), encoding="utf-8")
