"""`perdure validate`: all problems at once, warnings apart."""

from tests.cli.given import MATERIAL, call, clean


def test_a_valid_definition_is_said_to_be(cli):
    said = cli("validate", cli.definition(clean("tidy", "a")))

    assert said.code == 0
    assert said.out.endswith("flow.json is valid\n")


def test_every_problem_has_its_place_and_a_suggestion(cli):
    flow = cli.definition(
        {"id": "a", "type": "data_procesing", "input": "x"}, clean("b", "${c.result}")
    )

    said = cli("validate", flow)

    assert said.code == 1
    assert "has 2 problems:" in said.out
    assert "steps[0].type: " in said.out
    assert "data_processing" in said.out
    assert "steps[1].input: " in said.out


def test_a_model_that_nobody_has_is_a_warning(cli):
    flow = cli.definition({"id": "a", "type": "inference", "model": "none/such", "input": "x"})

    said = cli("validate", flow)
    document = cli("validate", flow, "--json").document

    assert said.code == 0
    assert "1 warning:" in said.out
    assert document["valid"] is True
    assert document["errors"] == []
    assert document["warnings"][0]["path"] == "steps[0].model"


def test_functions_of_a_module_are_known_when_it_is_named(cli):
    flow = cli.definition(call("a", "cli_fail", "x"))

    said = cli("validate", flow, "--module", MATERIAL)

    assert said.code == 0


def test_a_missing_file_and_a_directory_are_problems_too(cli):
    missing, folder = cli("validate", "nowhere.json"), cli("validate", ".")

    assert (missing.code, folder.code) == (1, 1)
    assert "there is no file 'nowhere.json'" in missing.out
    assert "is no file" in folder.out


def test_no_store_is_made(cli):
    cli("validate", cli.definition(clean("tidy", "a")))

    assert not (cli.folder / "state").exists()
