"""`perdure show`: steps with times, attempts, results and errors; the history; one step."""

from tests.app.parcels import post_office, until, until_waiting
from tests.cli.given import MATERIAL, call, clean, join
from tests.cli.scenes import stranded


def test_a_run_is_shown_with_its_steps_and_its_result(cli):
    flow = cli.definition(clean("tidy", "${workflow.input.t}"), join("all", x="${tidy.result}"))
    cli("run", flow, "--input", "t=a   b")

    said = cli("show", "last")

    assert said.code == 0
    assert f"workflow   {cli.name} 1" in said.out
    assert 'inputs     {"t":"a b"}' in said.out
    line = next(line for line in said.out.splitlines() if line.startswith("tidy"))
    assert line.split()[1] == "completed"
    assert line.split()[2:5] == [line.split()[2], "s", "1"]
    assert line.endswith("a b")
    assert said.out.endswith("result\nx: a b\n")


def test_errors_are_shown_in_full_those_that_were_tried_again_too(cli):
    cli.parked()

    said = cli("show", "last")

    assert "pack, attempt 1 of several: error\n  the box tore" in said.out
    assert "ask" in said.out
    assert "waits for signal 'courier'" in said.out
    assert 'context    {"parcel":"p1","courier":""}' in said.out


def test_all_that_a_run_waits_for_is_shown(cli):
    cli("run", "tests.cli.letters:Letter")

    said = cli("show", "last")

    assert "\nwaits for  event 'picked' or signal 'lost'\n" in said.out
    assert "\nsend it    perdure emit picked\n" in said.out
    assert f"\nsend it    perdure signal lost --run {cli.runs()[0]['id']}\n" in said.out


def test_a_failed_run_shows_the_traceback(cli):
    flow = cli.definition(call("bad", "cli_fail", "no luck"), join("after", x="${bad.result}"))
    cli("run", flow, "--module", MATERIAL)

    said = cli("show", "last")

    assert "Traceback" in said.out
    assert "RuntimeError: no luck" in said.out
    assert next(line for line in said.out.splitlines() if line.startswith("after")).split()[1] == (
        "skipped"
    )


def test_a_step_alone_is_shown_with_its_whole_result(cli):
    cli("run", cli.definition(clean("tidy", "word " * 300), join("all", x="${tidy.result}")))

    said = cli("show", "last", "--step", "tidy")
    document = cli("show", "last", "--step", "tidy", "--json").document
    wrong = cli("show", "last", "--step", "tidi")

    assert ("word " * 300).strip() in said.out
    assert [step["step"] for step in document] == ["tidy"]
    assert wrong.code == 2
    assert "has no step 'tidi'. It has: tidy, all" in wrong.err


def test_the_history_is_told_as_it_happened(cli):
    cli.parked()

    said = cli("show", "last", "--history")
    document = cli("show", "last", "--history", "--json").document

    events = [event["event"] for told in document["history"] for event in told["events"]]
    assert events[:2] == ["RunStarted", "StepScheduled"]
    assert events[-1] == "WaitBegun"
    assert len(said.out.splitlines()) == len(events)
    assert "AttemptFailed  step='pack' visit=1 attempt=1 kind='error'" in said.out


def test_what_steers_a_terminal_is_made_visible(cli):
    cli("run", cli.definition(join("all", x="${workflow.input.t}")), "--input", "t=\x1b[31mred\x07")

    shown, step = cli("show", "last"), cli("show", "last", "--step", "all")

    assert "\x1b" not in shown.out + step.out
    assert "\ufffd[31mred\ufffd" in step.out


def test_a_run_that_is_not_there_is_told(cli):
    cli.parked()

    said = cli("show", "run_nobody")

    assert said.code == 2
    assert "there is no run 'run_nobody'" in said.err
    assert "perdure runs" in said.err


def test_a_sleep_and_a_failure_that_a_step_asked_for_are_shown(cli):
    with post_office(cli.folder / "state" / "perdure.db") as engine:
        asleep = engine.start("parcel", nap=3600.0)
        until(lambda: engine.view(asleep.id).status == "waiting")
        failed = engine.start("parcel", weight=11)
        until_waiting(engine, failed)
        engine.signal("courier", run_id=failed.id)
        failed.wait(10)

    sleeping, broken = cli("show", asleep.id), cli("show", failed.id)

    assert "until      20" in sleeping.out
    assert "sleeping" in sleeping.out
    assert "the run: failed\n  too heavy\n" in broken.out


def test_what_runs_now_is_shown_with_its_process(cli):
    gate = cli.folder / "gate"
    flow = cli.definition(call("slow", "cli_until", str(gate)))
    process = cli.spawn("run", flow, "--module", MATERIAL)
    until((cli.folder / "gate.begun").exists)

    said = cli("show", "last")
    gate.touch()
    process.communicate(timeout=20)

    assert f"in process {process.pid}" in said.out


def test_errors_of_steps_are_shown_with_the_step_alone(cli):
    flow = cli.definition(call("bad", "cli_fail", "no luck"))
    cli("run", flow, "--module", MATERIAL)
    cli("resume", "last", "--retry", "--module", MATERIAL)

    said = cli("show", "last", "--step", "bad")

    assert "bad  failed" in said.out
    assert "bad #2  failed" in said.out
    assert said.out.count("RuntimeError: no luck") == 2


def test_who_answered_is_shown(cli):
    asked = {"id": "ask", "type": "inference", "model": "builtin/language", "input": "Guten Tag!"}
    cli("run", cli.definition(asked))

    assert "builtin/language" in cli("show", "last").out
    assert "by builtin/language" in cli("show", "last", "--step", "ask").out


def test_a_stranded_run_is_shown_as_such_with_the_command_that_says_why(cli):
    run = stranded(cli.folder / "state" / "perdure.db")

    said = cli("show", run)
    why = cli("doctor", run)

    assert "status     stranded\n" in said.out
    assert (
        f"stranded   step 'pay' does not fit the code that is there. Why: perdure doctor {run}\n"
        in said.out
    )
    assert (
        next(line for line in said.out.splitlines() if line.startswith("pay")).split()[1]
        == "stranded"
    )
    assert f"{run} of cli stranded is stranded\n" in why.out
    assert "step 'pay' is open, and is not there any more" in why.out
