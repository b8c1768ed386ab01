"""`perdure templates`: workflows with parameters, which the store keeps, and workflows made of them."""

from typing import Any

from cyclopts import App
from rich.text import Text

from perdure.authoring.graphs.reading import read_file
from perdure.cli import output
from perdure.cli.columns import print_columns
from perdure.cli.definitions import tell_made
from perdure.cli.inputs import read_pairs
from perdure.cli.opening import Common, engine_of
from perdure.service import templates
from perdure.wire.definitions import TemplateInfo
from perdure.wire.encoding import decode

HEADER = ("ID", "NAME", "PARAMETERS")

app = App(name="templates", version_flags=[], help_epilogue="")


@app.default
@app.command(name="list")
def list_templates(*, json: bool = False, common: Common | None = None) -> None:
    """List the templates, by name.

    Parameters
    ----------
    json
        Print one JSON document.
    """
    with engine_of(common or Common(), worker=False, create=False) as engine:
        found = templates.find(engine)
    if json:
        output.document({"templates": [_document(info) for info in found]})
    elif found:
        rows = [(info.id, Text(output.safe(info.name)), _parameters(info)) for info in found]
        print_columns(output.console(), HEADER, rows, shrinks=(2, 1))
    else:
        output.note("no template is kept. Keep one by: perdure templates create FILE")


@app.command
def create(
    file: str, /, *, key: str | None = None, json: bool = False, common: Common | None = None
) -> None:
    """Keep a template, and print its id.

    Parameters
    ----------
    file
        A template's file, JSON or YAML: name, parameters, steps_template.
    key
        An idempotency key: a second time under it nothing is made, and the first one's id printed.
    json
        Print one JSON document.
    """
    with engine_of(common or Common(), worker=False, create=True) as engine:
        info = templates.create(engine, read_file(file), key=key)
    if json:
        output.document(_document(info))
        return
    output.say(info.id)
    output.note(f"{info.name}. Use it: perdure templates use {info.id} NAME=TEXT ...")


@app.command
def show(template: str, /, *, json: bool = False, common: Common | None = None) -> None:
    """Show a template.

    Parameters
    ----------
    template
        Its id.
    json
        Print one JSON document.
    """
    with engine_of(common or Common(), worker=False, create=False) as engine:
        info = templates.get(engine, template)
    if json:
        output.document(_document(info))
        return
    rows = [(info.id, Text(output.safe(info.name)), _parameters(info))]
    print_columns(output.console(), HEADER, rows, shrinks=(2, 1))
    output.say(output.pretty(list(info.steps_template)))


@app.command
def use(
    template: str,
    /,
    *parameter: str,
    name: str | None = None,
    json: bool = False,
    common: Common | None = None,
) -> None:
    """Make a workflow from a template, and print its id.

    Parameters
    ----------
    template
        Its id.
    parameter
        A parameter, as NAME=TEXT or NAME:=JSON; given once for each.
    name
        The workflow's name; else the template's.
    json
        Print one JSON document.
    """
    given = read_pairs(parameter, "parameters")
    with engine_of(common or Common(), worker=False, create=False) as engine:
        tell_made(templates.create_workflow(engine, template, given, name=name), json=json)


@app.command
def delete(template: str, /, *, common: Common | None = None) -> None:
    """Delete a template; workflows that were made from it stay.

    Parameters
    ----------
    template
        Its id.
    """
    with engine_of(common or Common(), worker=False, create=False) as engine:
        templates.delete(engine, template)
    output.say(f"{template} is deleted")


def _document(info: TemplateInfo) -> dict[str, Any]:
    document: dict[str, Any] = decode(info.model_dump_json())
    return document


def _parameters(info: TemplateInfo) -> Text:
    told = (f"{part['name']} ({part['type']})" for part in info.parameters)
    return Text(output.safe(", ".join(told)))
