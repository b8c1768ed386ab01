"""`perdure run`: a run, its result, its failures; and what is refused starts nothing."""

import contextlib
import json
import os
import signal
from pathlib import Path

import pytest

from tests.cli.given import MATERIAL, call, clean, join, wait_for_file, wait_until

ROOT = Path(__file__).resolve().parents[2]
TEXT = "${workflow.input.text}"


def test_a_definition_is_run_and_its_result_and_id_are_printed(cli):
    flow = cli.definition(clean("tidy", TEXT), join("both", tidied="${tidy.result}"))

    said = cli("run", flow, "--input", "text=a   b")

    assert said.code == 0
    (run,) = cli.runs()
    assert said.out.startswith("tidied: a b\n")
    assert f"run {run['id']} completed in" in said.out
    assert f"run {run['id']} of {cli.name}" in said.err
    assert "tidy: completed in" in said.err


def test_with_json_one_document_is_all_that_is_printed(cli):
    flow = cli.definition(clean("tidy", TEXT))

    said = cli("run", flow, "--input", "text=a   b", "--json")

    assert said.code == 0
    assert said.document["status"] == "completed"
    assert said.document["result"] == "a b"
    assert said.document["inputs"] == {"text": "a   b"}
    assert [step["step"] for step in said.document["steps"]] == ["tidy"]
    assert said.err == ""


def test_inputs_come_from_a_file_and_pairs_win(cli):
    flow = cli.definition(join("both", n="${workflow.input.n}", t=TEXT))
    (cli.folder / "in.json").write_text('{"n": 1, "text": "of the file"}')

    said = cli("run", flow, "--inputs", "in.json", "--input", "n:=[2, 3]", "--json")

    assert said.document["result"] == {"n": [2, 3], "t": "of the file"}


def test_a_run_that_fails_says_where_why_and_what_to_do(cli):
    flow = cli.definition(call("bad", "cli_fail", "no\nluck"), join("after", x="${bad.result}"))

    said = cli("run", flow, "--module", MATERIAL)

    (run,) = cli.runs()
    assert said.code == 1
    assert f"error: run {run['id']} failed at step bad, attempt 1" in said.err
    assert "  error: no\n  luck" in said.err
    assert f"perdure show {run['id']}" in said.err
    assert f"perdure resume {run['id']} --retry --module {MATERIAL}" in said.err
    assert "after: skipped, for what it needs has failed" in said.err
    assert "Traceback" not in said.err


def test_a_failed_run_is_a_document_too_with_exit_code_1(cli):
    flow = cli.definition(call("bad", "cli_fail", "no luck"))

    said = cli("run", flow, "--module", MATERIAL, "--json")

    assert said.code == 1
    assert said.document["status"] == "failed"
    assert said.document["error"]["step"] == "bad"
    assert said.document["error"]["message"] == "no luck"
    assert said.document["result"] is None


def test_code_is_run_until_it_waits_and_the_command_that_wakes_it_is_told(cli):
    said = cli("run", f"{MATERIAL}:Parcel", "--input", "parcel=p1")

    (run,) = cli.runs()
    assert said.code == 0
    assert f"run {run['id']} is waiting at step ask, for signal 'courier'" in said.out
    assert "pack: attempt 1 failed, error: the box tore" in said.err
    assert f"perdure signal courier --run {run['id']}" in said.err
    assert f"perdure resume {run['id']} --module {MATERIAL}" in said.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["nowhere.json"], "there is no file 'nowhere.json'"),
        (["nowhere"], "there is no module 'nowhere'"),
        (["nowhere.py:Flow"], "there is no file nowhere.py"),
        (["."], "'.' is a folder"),
        ([f"{MATERIAL}:Parsel", "--input", "parcel=p"], "Did you mean"),
        ([MATERIAL], "declares 2 workflows. Name one"),
        (["flow.json"], "inputs.text: is needed and was not given"),
        (["flow.json", "--input", "txt=a"], "'txt' was given. Did you mean this?"),
        (["flow.json", "--input", "text"], "'text' is not NAME=TEXT or NAME:=JSON"),
        (["flow.json", "--input", "=a"], "is not NAME=TEXT"),
        (["flow.json", "--input", "text=a", "--input", "text=b"], "'text' is given twice"),
        (["flow.json", "--input", "text:=NaN"], "inputs.text: not JSON"),
        (["flow.json", "--input", "text:={"], "inputs.text: not JSON"),
        (["flow.json", "--input", 'text:="\\u0000"'], "inputs.text: text with a NUL"),
        (["flow.json", "--input", f"text:={'[' * 70}{']' * 70}"], "nested deeper than 64"),
        (["flow.json", "--inputs", "nowhere.json"], "'nowhere.json' cannot be read"),
        (["flow.json", "--inputs", "list.json"], "must be an object"),
        (["flow.json", "--inptu", "text=a"], "--input"),
        ([f"{MATERIAL}:Parcel"], "parcel"),
        ([f"{MATERIAL}:Parcel", "--input", "parcel:=5"], "parcel: "),
        ([f"{MATERIAL}:Back", "--input", "reason=why"], "create_context raised LookupError"),
        (["broken.py:Flow"], "broken.py cannot be imported: NameError"),
        (["syntax.py:Flow"], "SyntaxError"),
        (["empty.py"], "declares no workflow"),
        (["large.json"], "5,242,880 bytes"),
        (["deep.json"], "nested deeper"),
        (["nan.json"], "NaN"),
        (["ring.json"], "a -> b -> a"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_started(cli, words, told):
    cli.definition(clean("tidy", TEXT))
    cli.definition(clean("a", "${b.result}"), clean("b", "${a.result}"), file="ring.json")
    (cli.folder / "list.json").write_text("[1]")
    (cli.folder / "broken.py").write_text("x = 1\nnope\n")
    (cli.folder / "syntax.py").write_text("def (:\n")
    (cli.folder / "empty.py").write_text("")
    (cli.folder / "large.json").write_text('{"name": "' + "x" * (5 * 2**20 - 10))
    (cli.folder / "deep.json").write_text('{"steps": ' + "[" * 5000)
    (cli.folder / "nan.json").write_text('{"name": "n", "steps": [NaN]}')

    said = cli("run", *words)

    assert said.code == 2
    assert told in said.err
    assert said.err.startswith("error: ")
    assert "Traceback" not in said.err
    assert said.out == ""
    assert not (cli.folder / "state").exists()


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("none.pdf", "there is no file"),
        (".", "cannot be opened"),
        ("text.pdf", "is not a PDF"),
        ("cut.pdf", "is cut off"),
        ("large.pdf", "at most 100 MiB are read"),
        ("empty.pdf", "is empty"),
    ],
)
def test_a_pdf_that_cannot_be_read_starts_nothing(cli, name, told):
    pdf = (ROOT / "examples" / "durable_workflows.pdf").read_bytes()
    (cli.folder / "text.pdf").write_text("hello")
    (cli.folder / "cut.pdf").write_bytes(pdf[:3000])
    (cli.folder / "empty.pdf").touch()
    with (cli.folder / "large.pdf").open("wb") as large:
        large.truncate(200 * 2**20)
    flow = cli.definition(call("extract_text", "pdf_to_text", "${workflow.input.pdf}"))

    said = cli("run", flow, "--input", f"pdf={name}")

    assert said.code == 2
    assert said.err.startswith("error: step 'extract_text': input: ")
    assert told in said.err
    assert said.err.endswith("Nothing was started.\n")
    assert not (cli.folder / "state").exists()


@pytest.mark.slow
@pytest.mark.crash
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc to see the reader")
def test_ctrl_c_in_a_terminal_does_not_make_a_document_look_damaged(cli):
    """It goes to the whole group, in which the process that reads the PDF must not be."""
    flow = cli.definition(
        call("gate", "cli_until", str(cli.folder / "open")),
        call("extract_text", "pdf_to_text", "${workflow.input.pdf}"),
    )
    pdf = ROOT / "examples" / "durable_workflows.pdf"
    words = ["run", flow, "--module", MATERIAL, "--input", f"pdf={pdf}"]
    process = cli.spawn(*words, start_new_session=True)
    wait_until(lambda: reader_of(process.pid))

    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=20)

    (cli.folder / "open").touch()
    said = cli("resume", "last", "--module", MATERIAL, "--json")
    assert process.returncode == 130
    assert said.document["status"] == "completed"


def reader_of(pid):
    """Return a child of a process in a session of its own; the process itself may change."""
    for file in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for child in file.read_text().split():
                if os.getsid(int(child)) != pid:
                    return child
    return None


def test_every_problem_of_a_definition_is_told_at_once(cli):
    flow = cli.definition(
        {"id": "a", "type": "data_procesing", "input": "x"},
        {"id": "a", "type": "aggregation", "function": "merge_jsn", "inputs": {}},
        colour="red",
    )

    said = cli("run", flow)

    assert said.code == 2
    assert "problems; nothing was started" in said.err
    assert "data_processing" in said.err
    assert "merge_json" in said.err
    assert "colour" in said.err


def test_a_warning_does_not_keep_a_definition_from_running(cli):
    step = {"id": "ask", "type": "inference", "model": "nobody/has-it", "input": TEXT}
    flow = cli.definition(step)

    said = cli("run", flow, "--input", "text=a")

    assert said.code == 1
    assert said.err.startswith("warning: ")
    assert "model_unavailable" in said.err


def test_debug_shows_the_traceback(cli):
    with pytest.raises(Exception, match=r"no file 'nowhere\.json'"):
        cli("run", "nowhere.json", "--debug")


def test_what_a_step_prints_does_not_get_into_the_document(cli):
    (cli.folder / "talk.py").write_text(
        "from perdure.authoring.functions import function\n"
        "@function('cli_talk')\n"
        "def talk(input: str) -> str:\n"
        "    print('said by the step')\n"
        "    return input\n"
    )
    flow = cli.definition(call("talk", "cli_talk", "x"))

    said = cli("run", flow, "--module", "talk.py", "--json")

    assert said.document["result"] == "x"
    assert "said by the step" in said.err


@pytest.mark.slow
@pytest.mark.crash
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_run_goes_on_where_it_was(cli, number, code):
    gate = cli.folder / "gate"
    flow = cli.definition(
        call("first", "cli_until", str(cli.folder / "open")),
        call("second", "cli_until", f"{gate}"),
        join("both", a="${first.result}", b="${second.result}"),
    )
    (cli.folder / "open").touch()
    process = cli.spawn("run", flow, "--module", MATERIAL)
    wait_for_line(process.stderr, "first: completed")
    wait_for_file(cli.folder / "gate.begun")

    process.send_signal(number)
    out, err = process.communicate(timeout=20)

    (run,) = cli.runs()
    assert process.returncode == code
    assert out == ""
    assert f"perdure resume {run['id']} --module {MATERIAL}" in err
    assert run["status"] == "running"
    gate.touch()
    said = cli("resume", run["id"], "--module", MATERIAL, "--json")
    assert said.code == 0
    assert said.document["result"] == {"a": "open is there", "b": "gate is there"}
    attempts = {step["step"]: step["attempt"] for step in said.document["steps"]}
    assert attempts == {"first": 1, "second": 1, "both": 1}


def wait_for_line(stream, text):
    for line in stream:
        if text in line:
            return
    raise AssertionError(f"{text!r} never came")


@pytest.mark.slow
def test_the_command_itself_starts_and_ends(cli):
    """Through the interpreter, as a shell would call it."""
    flow = cli.definition(clean("tidy", TEXT))

    process = cli.spawn("run", flow, "--input", "text=a   b", "--json")
    out, err = process.communicate(timeout=30)

    assert (process.returncode, err) == (0, "")
    assert json.loads(out)["result"] == "a b"
