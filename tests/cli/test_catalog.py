"""`perdure functions` and `perdure models`."""

from tests.cli.given import MATERIAL


def test_functions_are_listed_with_what_they_take(cli):
    said = cli("functions", "--module", MATERIAL)

    assert said.code == 0
    assert "clean_text  input -> text\n" in said.out
    assert "cli_fail  input -> text\n    Fail, saying the input.\n" in said.out
    assert "    parameters: lowercase" in said.out


def test_the_document_has_the_parameters_schema(cli):
    document = cli("functions", "--json").document

    (clean,) = [each for each in document["functions"] if each["name"] == "clean_text"]
    assert clean["parameters"]["properties"]["lowercase"]["type"] == "boolean"


def test_one_function_is_told_in_full(cli):
    said = cli("functions", "filter_items")

    assert said.out.startswith("filter_items  input -> list\n    Return the items that fulfil")
    assert '    match  "all", "any"  = "all"\n' in said.out
    assert '    where  list of object of field: string; op: "equals"' in said.out
    assert said.out.endswith("(needed)\n") or "(needed)\n" in said.out


def test_one_functions_document_is_its_own(cli):
    assert cli("functions", "merge_json", "--json").document["takes"] == "inputs"


def test_a_function_that_is_not_there_is_told_with_the_nearest(cli):
    said = cli("functions", "filter_item")

    assert said.code == 2
    assert "Did you mean 'filter_items'?" in said.err


def test_models_are_listed_with_their_kind_and_whether_they_can_be_asked(cli, monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    said = cli("models")
    listed = {each["name"]: each for each in cli("models", "--json").document["models"]}

    assert said.code == 0
    assert listed["builtin/sentiment"]["available"]
    assert listed["builtin/sentiment"]["kind"] == "built-in"
    assert listed["openai/*"] == {
        "name": "openai/*", "provider": "openai", "kind": "hosted", "available": False,
        "why": "OPENAI_API_KEY is not set",
    }  # fmt: skip
    for name in listed:
        assert name in said.out
    assert "OPENAI_API_KEY is not set" in said.out


def test_a_key_that_is_set_makes_a_service_available_and_is_not_shown(cli, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "not-to-be-shown")

    said = cli("models", "--json")

    assert {"openai/*": True}.items() <= {
        each["name"]: each["available"] for each in said.document["models"]
    }.items()
    assert "not-to-be-shown" not in said.out


def test_where_no_provider_is_installed_that_is_said(cli, monkeypatch):
    monkeypatch.setattr("perdure.cli.catalog.default_providers", tuple)

    said = cli("models")

    assert (said.code, said.out) == (0, "")
    assert "no provider is installed" in said.err


def test_a_provider_that_lists_nothing_is_named_all_the_same(cli, monkeypatch):
    class Silent:
        name = "silent"

    monkeypatch.setattr("perdure.cli.catalog.default_providers", lambda: (Silent(),))

    assert "plug-in  silent" in cli("models").out
