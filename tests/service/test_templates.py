"""Templates are kept by their ids, and workflows made of them."""

import pytest

from perdure.errors import InvalidDefinitionError
from perdure.service import definitions, executions, templates
from perdure.wire.problems import TemplateNotFoundError, WorkflowNotFoundError

SHOUT = {
    "name": "Shout",
    "description": "Say it",
    "parameters": [
        {"name": "how", "type": "string", "enum": ["loud", "low"]},
        {"name": "lower", "type": "boolean", "default": False},
    ],
    "steps_template": [
        {
            "id": "say",
            "type": "data_processing",
            "function": "clean_text",
            "input": "${template.how}: ${workflow.input.text}",
            "parameters": {"lowercase": "${template.lower}"},
        }
    ],
}


def test_a_template_is_kept_and_shown(engine):
    """S004-49."""
    made = templates.create(engine, SHOUT)

    assert made.id.startswith("tpl_")
    assert (made.name, made.description) == ("Shout", "Say it")
    assert [part["name"] for part in made.parameters] == ["how", "lower"]
    assert templates.get(engine, made.id) == made
    assert templates.find(engine) == (made,)


def test_a_second_one_under_a_key_is_the_first(engine):
    first = templates.create(engine, SHOUT, key="k")

    assert templates.create(engine, {**SHOUT, "name": "Other"}, key="k").id == first.id


def test_a_bad_one_is_not_kept(engine):
    with pytest.raises(InvalidDefinitionError):
        templates.create(engine, {"name": "x", "steps_template": []})

    assert templates.find(engine) == ()


def test_a_workflow_is_made_of_it_and_run(engine):
    """S004-45, A004-33: a value keeps its type."""
    made = templates.create(engine, SHOUT)

    flow = templates.create_workflow(engine, made.id, {"how": "loud", "lower": True}, name="mine")

    assert flow.name == "mine"
    begun = executions.execute(engine, flow.id, {"text": "HI"})
    assert executions.get(engine, begun.execution_id).final_result == "loud: hi"


@pytest.mark.parametrize(
    ("given", "path"),
    [({}, "how"), ({"how": "odd"}, "how"), ({"how": "low", "lower": "yes"}, "lower"),
     ({"how": "low", "hwo": 1}, "hwo")],
)  # fmt: skip
def test_wrong_parameters_are_told(engine, given, path):
    """S004-50, A004-33."""
    made = templates.create(engine, SHOUT)

    with pytest.raises(InvalidDefinitionError) as caught:
        templates.create_workflow(engine, made.id, given)

    assert any(path in problem.path for problem in caught.value.problems)


def test_a_deleted_one_is_there_no_more_and_its_workflows_are(engine):
    made = templates.create(engine, SHOUT)
    flow = templates.create_workflow(engine, made.id, {"how": "low"})

    templates.delete(engine, made.id)

    for ask in (templates.get, templates.delete, templates.instantiated):
        with pytest.raises(TemplateNotFoundError, match=made.id):
            ask(engine, made.id, *([{}] if ask is templates.instantiated else []))
    assert definitions.get(engine, flow.id).name == "Shout"


def test_a_template_is_no_workflow_and_a_workflow_no_template(engine):
    made = templates.create(engine, SHOUT)
    flow = templates.create_workflow(engine, made.id, {"how": "low"})

    with pytest.raises(WorkflowNotFoundError):
        definitions.get(engine, made.id)
    with pytest.raises(TemplateNotFoundError):
        templates.get(engine, flow.id)
