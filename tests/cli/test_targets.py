"""What a command line names as a workflow."""

import pytest

from perdure.cli.targets import import_code, is_definition, load_workflow, workflows_in
from perdure.errors import ConfigError
from tests.cli.given import MATERIAL, clean


@pytest.mark.parametrize(
    ("target", "is_one"),
    [
        ("a.json", True),
        ("a.YAML", True),
        ("x/a.yml", True),
        ("a.py", False),
        ("a:B", False),
        ("a.json:B", False),
        ("module", False),
        ("here.flow", True),
    ],
)
def test_a_definition_is_known_by_its_ending_or_by_being_a_file(cli, target, is_one):
    (cli.folder / "here.flow").write_text("{}")

    assert is_definition(target) is is_one


def test_a_file_of_yaml_is_a_definition(cli):
    (cli.folder / "flow.yaml").write_text(
        f"name: {cli.name}\nsteps:\n- {{id: a, type: aggregation, function: merge_json, inputs: {{}}}}\n"
    )

    flow, warnings = load_workflow("flow.yaml")

    assert (flow.name, warnings) == (cli.name, ())


def test_a_class_is_found_by_its_name_and_by_the_workflows():
    by_class, _ = load_workflow(f"{MATERIAL}:Parcel")
    by_workflow, _ = load_workflow(f"{MATERIAL}:cli parcel")

    assert by_class is by_workflow
    assert by_class.name == "cli parcel"


def test_a_module_with_one_workflow_needs_no_class(cli):
    (cli.folder / "lonely.py").write_text(
        "from perdure import workflow, step, complete\n"
        "@workflow('cli lonely')\n"
        "class Lonely:\n"
        "    @step(start=True)\n"
        "    def only(self):\n"
        "        return complete()\n"
    )

    flow, _ = load_workflow("lonely")

    assert flow.name == "cli lonely"


def test_all_workflows_of_a_module_are_found():
    assert sorted(workflows_in(import_code(MATERIAL))) == ["Back", "Parcel"]


def test_where_an_import_failed_is_told(cli):
    (cli.folder / "inner.py").write_text("\n\nraise ValueError('bad day')\n")
    (cli.folder / "outer.py").write_text("import inner\n")

    with pytest.raises(
        ConfigError,
        match=r"outer\.py cannot be imported: ValueError: bad day .*inner\.py, line 3\)",
    ):
        import_code("outer.py")


def test_what_a_module_lacks_is_told_apart_from_the_module(cli):
    (cli.folder / "needy.py").write_text("import not_there_at_all\n")

    with pytest.raises(
        ConfigError, match=r"needy\.py cannot be imported: ModuleNotFoundError: .*not_there_at_all"
    ):
        import_code("needy.py")


@pytest.mark.parametrize("target", ["..", "a/b", "x-y", "", "/"])
def test_what_can_be_no_module_is_told(target):
    with pytest.raises(ConfigError, match=r"Name a definition \(flow\.json\)"):
        import_code(target)


def test_a_definition_is_not_looked_for_in_code(cli):
    path = cli.definition(clean("tidy", "a"))

    assert load_workflow(str(path))[0].name == cli.name
