"""`perdure schema`: the JSON Schema of definitions."""

from perdure.authoring.graphs.publishing import definition_schema
from perdure.cli import output
from perdure.cli.opening import Common


def schema(*, common: Common | None = None) -> None:
    """Print the JSON Schema of definitions, for an editor that completes and checks them."""
    del common  # it is the same for every store
    output.raw(output.pretty(definition_schema()) + "\n")
