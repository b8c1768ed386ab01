"""Templates, and workflows made of them, from Python."""

import pytest

from perdure import errors
from perdure.wire import problems

STEPS = [
    {
        "id": "say",
        "type": "data_processing",
        "function": "clean_text",
        "input": "${template.how}: ${workflow.input.text}",
    }
]
HOW = [{"name": "how", "type": "string", "enum": ["loud", "low"]}]


@pytest.fixture
def template(client):
    return client.workflows.create_template(name="Shout", parameters=HOW, steps_template=STEPS)


def test_a_template_is_kept_and_found(client, template):
    """S004-49."""
    assert (template.name, template.parameters) == ("Shout", tuple(HOW))
    assert repr(template) == f"<Template {template.id} 'Shout'>"
    assert client.workflows.get_template(template.id).info == template.info
    assert [each.id for each in client.workflows.list_templates()] == [template.id]


def test_a_template_is_made_once_under_a_key(client):
    made = [client.workflows.create_template("a", HOW, STEPS, idempotency_key="k").id for _ in "ab"]

    assert made[0] == made[1]


def test_a_workflow_is_made_of_it(client, template):
    """S004-45, A004-33."""
    by_id = client.workflows.create_from_template(template.id, {"how": "low"}, name="mine")
    by_itself = template.create_workflow({"how": "loud"})

    assert (by_id.name, by_itself.name) == ("mine", "Shout")
    assert by_itself.execute({"text": "hi"}).wait(5).final_result == "loud: hi"
    with pytest.raises(errors.InvalidDefinitionError):
        template.create_workflow({"how": "odd"})


def test_a_template_is_deleted(client, template):
    template.delete()

    with pytest.raises(problems.TemplateNotFoundError):
        client.workflows.get_template(template.id)
