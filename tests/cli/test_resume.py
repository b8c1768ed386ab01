"""`perdure resume`: goes on with what was interrupted, paused or failed."""

from tests.cli.given import MATERIAL, call, clean, join


def test_a_run_that_was_woken_goes_on_to_its_end(cli):
    run = cli.parked()
    cli("signal", "courier", "courier=ann", "--run", run)

    said = cli("resume", run, "--module", MATERIAL)

    assert said.code == 0
    assert "courier: ann\n" in said.out
    assert f"run {run} completed in" in said.out
    assert "send: completed" in said.err
    assert "pack:" not in said.err, "what happened before is not told again"


def test_a_run_that_still_waits_is_left_waiting(cli):
    run = cli.parked()

    said = cli("resume", "last", "--module", MATERIAL)

    assert said.code == 0
    assert f"run {run} is waiting" in said.out


def test_a_run_of_code_needs_its_module(cli):
    """It was started by another process, so its code is not here."""
    (cli.folder / "gone.py").write_text(
        "from perdure import workflow, step, wait\n"
        "@workflow('cli gone')\n"
        "class Gone:\n"
        "    @step(start=True)\n"
        "    def first(self):\n"
        "        return wait.for_signal('go', then=self.second)\n"
        "    @step\n"
        "    def second(self):\n"
        "        return wait.for_signal('go', then=self.first)\n"
    )
    process = cli.spawn("run", "gone.py", "--json")
    process.communicate(timeout=30)

    said = cli("resume", "last")

    assert process.returncode == 0
    assert said.code == 2
    assert "workflow 'cli gone', whose code is not here" in said.err
    assert "--module MODULE" in said.err


def test_a_completed_run_is_told_once_more(cli):
    flow = cli.definition(clean("tidy", "a  b"))
    cli("run", flow)

    said = cli("resume", "last")

    assert said.code == 0
    assert said.out.startswith("a b\n")


def test_a_failed_run_is_told_with_the_way_to_retry_it(cli):
    flow = cli.definition(call("bad", "cli_fail", "no luck"))
    cli("run", flow, "--module", MATERIAL)

    said = cli("resume", "last")

    assert said.code == 1
    assert "--retry" in said.err


def test_retry_goes_on_at_what_failed(cli):
    """What the first step read has been mended in between."""
    (cli.folder / "mended.py").write_text(
        "from pathlib import Path\n"
        "from perdure.authoring.functions import function\n"
        "@function('cli_read')\n"
        "def read(input: str) -> str:\n"
        "    return Path(input).read_text()\n"
    )
    flow = cli.definition(
        clean("before", "x"), call("read", "cli_read", "late.txt"), join("all", r="${read.result}")
    )
    first = cli("run", flow, "--module", "mended.py")
    (cli.folder / "late.txt").write_text("here now")

    said = cli("resume", "last", "--retry", "--module", "mended.py", "--json")

    assert first.code == 1
    assert said.code == 0
    ended = [(step["step"], step["visit"], step["status"]) for step in said.document["steps"]]
    assert ended.count(("before", 1, "completed")) == 1
    assert ("read", 2, "completed") in ended
    assert said.document["status"] == "completed"


def test_retry_is_refused_for_a_run_that_has_not_failed(cli):
    run = cli.parked()

    said = cli("resume", run, "--retry", "--module", MATERIAL)

    assert said.code == 2
    assert "has not failed, it is waiting" in said.err


def test_a_paused_run_is_let_go(cli):
    run = cli.parked()
    cli("pause", run)
    cli("signal", "courier", "courier=bob", "--run", run)

    said = cli("resume", run, "--module", MATERIAL)

    assert said.code == 0
    assert f"run {run} completed" in said.out


def test_an_unknown_run_and_a_missing_store_are_told(cli):
    missing = cli("resume", "run_nobody")
    cli.parked()
    unknown = cli("resume", "run_nobody")

    assert (missing.code, unknown.code) == (2, 2)
    assert str(cli.folder / "state" / "perdure.db") in missing.err
    assert "--store, PERDURE_STORE" in missing.err
    assert "there is no run 'run_nobody'" in unknown.err
    assert "perdure runs" in unknown.err
