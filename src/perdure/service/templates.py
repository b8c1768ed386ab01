"""Templates: kept by their ids, and made into workflows with parameters of somebody's choice."""

from collections.abc import Mapping
from typing import Any

from perdure.app.engine import Engine
from perdure.app.views import moment
from perdure.authoring.graphs.templates import Template, instantiate, load_template
from perdure.ids import new_id
from perdure.ports.definitions import DefinitionQuery, DefinitionRow
from perdure.service import definitions
from perdure.wire.definitions import MOST_LISTED, TemplateInfo, WorkflowInfo
from perdure.wire.encoding import decode, encode
from perdure.wire.problems import TemplateNotFoundError

KIND = "template"


def create(engine: Engine, template: Mapping[str, Any], *, key: str | None = None) -> TemplateInfo:
    """Keep a template and return it; a second time under one `key` returns the first.

    Raises InvalidDefinitionError with every problem.
    """
    made, _ = load_template(template)
    now = engine.process.clock.now()
    row = DefinitionRow(
        id=new_id("tpl", now),
        kind=KIND,
        name=made.name,
        revision=1,
        version=str(template.get("version", "1")),
        body=encode(dict(made.data)),
        made_at=now,
        changed_at=now,
        key=f"template/{key}" if key is not None else None,
    )
    return get(engine, engine.store.definitions.add(row))


def get(engine: Engine, template: str) -> TemplateInfo:
    """Return a template. Raises TemplateNotFoundError."""
    return _info(_row(engine, template))


def find(engine: Engine) -> tuple[TemplateInfo, ...]:
    """Return the templates, by name."""
    query = DefinitionQuery(kinds=(KIND,), sort="name", limit=MOST_LISTED)
    return tuple(_info(row) for row in engine.store.definitions.find(query))


def delete(engine: Engine, template: str) -> None:
    """Delete a template; workflows that were made from it stay. Raises TemplateNotFoundError."""
    _row(engine, template)
    engine.store.definitions.archive(template, engine.process.clock.now())


def instantiated(
    engine: Engine, template: str, parameters: Mapping[str, Any] | None, name: str | None = None
) -> dict[str, Any]:
    """Return the definition that a template makes with these parameters.

    Raises TemplateNotFoundError, and InvalidDefinitionError for wrong parameters, all of them.
    """
    return instantiate(_template(_row(engine, template)), parameters, name=name)


def create_workflow(
    engine: Engine,
    template: str,
    parameters: Mapping[str, Any] | None = None,
    *,
    name: str | None = None,
    key: str | None = None,
) -> WorkflowInfo:
    """Keep the workflow that a template makes. Raises as `instantiated` does."""
    return definitions.create(engine, instantiated(engine, template, parameters, name), key=key)


def _row(engine: Engine, template: str) -> DefinitionRow:
    row = engine.store.definitions.get(template)
    if row is None or row.kind != KIND or row.archived_at is not None:
        raise TemplateNotFoundError(template)
    return row


def _template(row: DefinitionRow) -> Template:
    made, _ = load_template(decode(row.body))
    return made


def _info(row: DefinitionRow) -> TemplateInfo:
    body = decode(row.body)
    return TemplateInfo(
        id=row.id,
        name=row.name,
        description=body.get("description"),
        created_at=moment(row.made_at),
        parameters=tuple(body.get("parameters", ())),
        steps_template=tuple(body["steps_template"]),
    )
