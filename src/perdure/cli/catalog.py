"""`perdure functions` and `perdure models`: what the steps of a definition can use here."""

from collections.abc import Iterable
from typing import Any

from rich.text import Text

from perdure.authoring.functions import Function, default_registry
from perdure.authoring.models import default_providers
from perdure.cli import output
from perdure.cli.columns import print_columns
from perdure.cli.opening import Common
from perdure.cli.targets import import_code


def functions(
    *, module: tuple[str, ...] = (), json: bool = False, common: Common | None = None
) -> None:
    """List the functions that steps can call, with their parameters.

    Parameters
    ----------
    module
        A module or file that declares functions of your own.
    json
        Print one JSON document, with the parameters' JSON Schema.
    """
    del common  # no store is needed
    for name in module:
        import_code(name)
    registry = default_registry()
    found = [registry.get(name) for name in registry.names()]
    if json:
        output.document({"functions": [_document(function) for function in found]})
        return
    console = output.console()
    for function in found:
        line = Text.assemble((function.name, "bold"), f"  {function.takes} -> {function.returns}")
        console.print(line, soft_wrap=True)
        console.print(Text(f"    {output.safe(function.summary)}"), soft_wrap=True)
        if names := ", ".join(function.schema()["properties"]):
            console.print(Text(f"    parameters: {names}", style="dim"), soft_wrap=True)


def _document(function: Function) -> dict[str, Any]:
    return {
        "name": function.name,
        "takes": function.takes,
        "returns": function.returns,
        "summary": function.summary,
        "parameters": function.schema(),
    }


def models(*, json: bool = False, common: Common | None = None) -> None:
    """List the model providers, and the models of those that can tell.

    Parameters
    ----------
    json
        Print one JSON document.
    """
    del common  # no store is needed
    providers = [(provider.name, sorted(_names(provider))) for provider in default_providers()]
    if json:
        output.document({"providers": [{"name": name, "models": has} for name, has in providers]})
        return
    if not providers:
        output.note(
            "no provider is installed. Built-in ones come with: pip install 'perdure[text]'"
        )
        return
    anything = ["(any that it is configured for)"]
    rows = [(name, model) for name, has in providers for model in has or anything]
    print_columns(output.console(), ("PROVIDER", "MODEL"), rows, shrinks=())


def _names(provider: object) -> Iterable[str]:
    """Return the models that a provider lists; the protocol does not ask it to."""
    listed: Any = getattr(provider, "models", ())
    return [str(name) for name in (listed() if callable(listed) else listed)]
