"""`perdure graph`: a definition, code, or a run as it stands, as Mermaid text and as SVG."""

from xml.etree import ElementTree as ET

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


def test_a_picture_is_written_to_a_file_or_printed(cli):
    flow = cli.definition(clean("tidy", "a"), join("all", x="${tidy.result}"))
    file = cli.folder / "flow.svg"

    written, printed = cli("graph", flow, "--svg", file), cli("graph", flow, "--svg", "-")

    assert (written.code, written.out) == (0, "")
    assert str(file) in written.err
    assert file.read_text(encoding="utf-8") == printed.out
    assert ET.fromstring(printed.out).tag.endswith("svg")


def test_code_and_a_run_are_written_as_svg(cli):
    cli.parked()

    code, run = cli("graph", f"{MATERIAL}:Parcel", "--svg", "-"), cli("graph", "last", "--svg", "-")

    assert ">pack<" in code.out
    assert ">2 attempts<" in run.out or "2 attempts" in run.out
    assert "waits for signal" in run.out


def test_a_run_is_drawn_by_its_times(cli):
    cli.parked()

    drawn, told = (
        cli("graph", "last", "--timeline", "--svg", "-"),
        cli("graph", "last", "--timeline"),
    )

    assert 'class="waiting"' in drawn.out
    assert told.out.startswith("gantt\n")
    assert "section ask" in told.out


def test_a_workflow_has_no_times(cli):
    said = cli("graph", f"{MATERIAL}:Parcel", "--timeline")

    assert said.code == 2
    assert "--timeline needs a run" in said.err


def test_a_file_that_cannot_be_written_is_told(cli):
    said = cli("graph", f"{MATERIAL}:Parcel", "--svg", cli.folder / "nowhere" / "a.svg")

    assert said.code == 2
    assert "a.svg cannot be written: No such file or directory" in said.err


def test_what_is_not_there_is_told(cli):
    cli.parked()

    run, file = cli("graph", "run_nobody"), cli("graph", "nowhere.json")

    assert (run.code, file.code) == (2, 2)
    assert "there is no run 'run_nobody'" in run.err
    assert "there is no file 'nowhere.json'" in file.err
