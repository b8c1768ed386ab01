"""The calls of `client.workflows` that are about templates."""

from collections.abc import Mapping, Sequence
from typing import Any

from perdure.client.calls import Calls
from perdure.client.objects import Workflow
from perdure.service import templates
from perdure.wire.definitions import TemplateInfo


class Template:
    """A template that is kept under an `id`."""

    def __init__(self, workflows: Any, info: TemplateInfo) -> None:
        self._workflows = workflows
        self.info = info

    def __repr__(self) -> str:
        """Show the id and the name."""
        return f"<Template {self.id} {self.name!r}>"

    @property
    def id(self) -> str:
        """What the template is called by: `tpl_...`."""
        return self.info.id

    @property
    def name(self) -> str:
        """Its name."""
        return self.info.name

    @property
    def parameters(self) -> tuple[dict[str, Any], ...]:
        """What is given when a workflow is made from it."""
        return self.info.parameters

    def create_workflow(
        self, parameters: Mapping[str, Any] | None = None, *, name: str | None = None
    ) -> Workflow:
        """Make a workflow from it: see `Workflows.create_from_template`."""
        made: Workflow = self._workflows.create_from_template(self.id, parameters, name=name)
        return made

    def delete(self) -> None:
        """Delete it; workflows that were made from it stay."""
        self._workflows.delete_template(self.id)


class Templating(Calls):
    """Templates are kept by their ids, and workflows made from them."""

    def create_template(
        self,
        name: str,
        parameters: Sequence[Mapping[str, Any]] = (),
        steps_template: Sequence[Mapping[str, Any]] = (),
        *,
        idempotency_key: str | None = None,
        **fields: Any,
    ) -> Template:
        """Keep a template. Raises InvalidDefinitionError with every problem."""
        said = {"name": name, "parameters": parameters, "steps_template": steps_template, **fields}
        return Template(self, templates.create(self._engine, said, key=idempotency_key))

    def create_from_template(
        self,
        template_id: str,
        parameters: Mapping[str, Any] | None = None,
        name: str | None = None,
        *,
        idempotency_key: str | None = None,
    ) -> Workflow:
        """Keep the workflow that a template makes with these parameters.

        Raises TemplateNotFoundError, InvalidDefinitionError with all that is wrong with them.
        """
        made = templates.create_workflow(
            self._engine, template_id, parameters, name=name, key=idempotency_key
        )
        return Workflow(self, made)

    def get_template(self, template_id: str) -> Template:
        """Return a template. Raises TemplateNotFoundError."""
        return Template(self, templates.get(self._engine, template_id))

    def list_templates(self) -> tuple[Template, ...]:
        """Return the templates, by name."""
        return tuple(Template(self, each) for each in templates.find(self._engine))

    def delete_template(self, template_id: str) -> None:
        """Delete a template; workflows that were made from it stay. Raises TemplateNotFoundError."""
        templates.delete(self._engine, template_id)
