"""`perdure templates`: kept by their ids, and workflows made of them."""

import json

import pytest

TEMPLATE = {
    "name": "Shout",
    "parameters": [{"name": "how", "type": "string", "default": "loud"}],
    "steps_template": [
        {
            "id": "say",
            "type": "data_processing",
            "function": "clean_text",
            "input": "${template.how}: ${workflow.input.text}",
        }
    ],
}


@pytest.fixture
def kept(cli):
    path = cli.folder / "shout.json"
    path.write_text(json.dumps(TEMPLATE))
    return cli("templates", "create", path, "--key", "k").out.strip()


def test_a_template_is_kept_listed_and_shown(cli, kept):
    listed, shown = cli("templates"), cli("templates", "show", kept)

    assert listed.out.splitlines()[1].split() == [kept, "Shout", "how", "(string)"]
    assert "${template.how}" in shown.out
    assert cli("templates", "show", kept, "--json").document["name"] == "Shout"
    assert [each["id"] for each in cli("templates", "--json").document["templates"]] == [kept]
    again = cli("templates", "create", cli.folder / "shout.json", "--key", "k", "--json")
    assert again.document["id"] == kept


def test_a_workflow_is_made_of_it_and_run(cli, kept):
    made = cli("templates", "use", kept, "how=low", "--name", "mine")

    ran = cli("definitions", "run", made.out.strip(), "--input", "text=hi")

    assert ran.out.splitlines()[0] == "low: hi"
    assert cli("definitions", "--json").document["workflows"][0]["name"] == "mine"
    assert cli("templates", "use", kept, "hwo=low").code == 2


def test_a_template_is_deleted(cli, kept):
    assert cli("templates", "delete", kept).out == f"{kept} is deleted\n"
    assert cli("templates", "show", kept).code == 2
    assert "no template is kept" in cli("templates").err
