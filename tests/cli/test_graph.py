"""`perdure graph`: Mermaid text of a definition, of code, and of a run as it stands."""

from tests.cli.given import MATERIAL, clean, join


def test_a_definition_is_drawn(cli):
    flow = cli.definition(clean("tidy", "a"), join("all", x="${tidy.result}"))

    said = cli("graph", flow)

    assert said.code == 0
    assert said.out.startswith("flowchart TD\n")
    assert "s0 --> s1" in said.out


def test_code_is_drawn(cli):
    said = cli("graph", f"{MATERIAL}:Parcel")

    assert said.code == 0
    assert '"pack"' in said.out


def test_a_run_is_drawn_in_the_colours_of_its_steps(cli):
    cli.parked()

    said = cli("graph", "last")

    assert "class s1 waiting" in said.out
    assert "class s0 completed" in said.out


def test_what_is_not_there_is_told(cli):
    cli.parked()

    run, file = cli("graph", "run_nobody"), cli("graph", "nowhere.json")

    assert (run.code, file.code) == (2, 2)
    assert "there is no run 'run_nobody'" in run.err
    assert "there is no file 'nowhere.json'" in file.err
