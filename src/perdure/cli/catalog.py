"""`perdure functions` and `perdure models`: what the steps of a definition can use here."""

import inspect
from collections.abc import Sequence
from dataclasses import asdict

from rich.text import Text

from perdure.authoring.functions import Function, default_registry
from perdure.authoring.models import default_providers
from perdure.cli import output
from perdure.cli.columns import Cell, print_columns
from perdure.cli.opening import Common
from perdure.cli.schemas import default_of, words_of
from perdure.cli.targets import import_code
from perdure.ports.models import ModelInfo, ModelProvider, TellingProvider

MODELS_HEADER = ("MODEL", "KIND", "PROVIDER", "HERE", "WHAT IS MISSING")


def functions(
    name: str | None = None,
    /,
    *,
    module: tuple[str, ...] = (),
    json: bool = False,
    common: Common | None = None,
) -> None:
    """List the functions that steps can call, with their parameters; or tell all about one.

    Parameters
    ----------
    name
        The function to tell about.
    module
        A module or file that declares functions of your own.
    json
        Print one JSON document, with the parameters' JSON Schema.
    """
    del common  # no store is needed
    for each in module:
        import_code(each)
    registry = default_registry()
    if name is not None:
        _tell(registry.get(name), json=json)
        return
    found = [registry.get(each) for each in registry.names()]
    if json:
        output.document({"functions": [function.describe() for function in found]})
        return
    for function in found:
        _title(function)
        if names := ", ".join(function.schema()["properties"]):
            output.console().print(Text(f"    parameters: {names}", style="dim"), soft_wrap=True)


def _title(function: Function) -> None:
    line = Text.assemble((function.name, "bold"), f"  {function.takes} -> {function.returns}")
    output.console().print(line, soft_wrap=True)
    output.console().print(Text(f"    {output.safe(function.summary)}"), soft_wrap=True)


def _tell(function: Function, *, json: bool) -> None:
    """Print one function: what it is for, and each of its parameters on a line."""
    if json:
        output.document(function.describe())
        return
    _title(function)
    _, _, rest = inspect.cleandoc(function.call.__doc__ or "").partition("\n")
    for said in rest.strip().splitlines():
        output.console().print(Text(f"    {output.safe(said)}".rstrip()), soft_wrap=True)
    schema = function.schema()
    width = max(map(len, schema["properties"]), default=0)
    for name, part in schema["properties"].items():
        default = default_of(name, schema)
        told = f"{words_of(part, schema)}  {f'= {default}' if default else '(needed)'}"
        line = Text.assemble("    ", (name.ljust(width), "bold"), f"  {output.safe(told)}")
        output.console().print(line, soft_wrap=True)


def models(*, json: bool = False, common: Common | None = None) -> None:
    """List the models that can be asked here, and those that cannot, with what is missing.

    Parameters
    ----------
    json
        Print one JSON document.
    """
    del common  # no store is needed
    providers = default_providers()
    listed = [info for provider in providers for info in _listed(provider)]
    if json:
        names = [provider.name for provider in providers]
        output.document({"providers": names, "models": [asdict(info) for info in listed]})
        return
    if not listed:
        output.note("no provider is installed")
        return
    rows: list[Sequence[Cell]] = [_row(info) for info in listed]
    print_columns(output.console(), MODELS_HEADER, rows, shrinks=(4,))


def _row(info: ModelInfo) -> tuple[Cell, ...]:
    can = Text("yes", style="green") if info.available else Text("no", style="dim")
    return output.safe(info.name), info.kind, output.safe(info.provider), can, output.safe(info.why)


def _listed(provider: ModelProvider) -> Sequence[ModelInfo]:
    """Return what a provider tells of its models; one that tells nothing has a line of its own."""
    if isinstance(provider, TellingProvider):
        return provider.listed()
    return (ModelInfo(name="*", provider=provider.name, kind="plug-in", available=True),)
