"""`perdure worker`: hosts code, and drains when it is told to stop."""

import signal

import pytest

from tests.cli.given import MATERIAL, call, join, wait_for_file

pytestmark = [pytest.mark.slow, pytest.mark.crash]


def read_until(stream, text):
    """Return the lines up to the one with this text."""
    lines = []
    for line in stream:
        lines.append(line)
        if text in line:
            return "".join(lines)
    raise AssertionError(f"{text!r} never came after {lines}")


def test_a_worker_goes_on_with_what_was_left_and_stops_in_order(cli):
    run = cli.parked()
    worker = cli.spawn("worker", MATERIAL)
    hosted = read_until(worker.stderr, "hosts")

    woken = cli("signal", "courier", "courier=ann", "--run", run)
    done = cli("resume", run, "--module", MATERIAL, "--json")
    worker.send_signal(signal.SIGTERM)
    _, err = worker.communicate(timeout=20)

    assert "cli parcel" in hosted
    assert "resume" not in woken.err, "somebody is there to go on with it"
    assert done.document["status"] == "completed"
    assert worker.returncode == 0
    assert "SIGTERM: nothing more begins" in err
    assert "nothing was left running" in err


def test_what_runs_is_waited_for_and_what_follows_is_left_to_others(cli):
    gate = cli.folder / "gate"
    flow = cli.definition(call("slow", "cli_until", str(gate)), join("after", x="${slow.result}"))
    first = cli.spawn("run", flow, "--module", MATERIAL)
    wait_for_file(cli.folder / "gate.begun")
    first.kill()
    first.communicate(timeout=20)
    (cli.folder / "gate.begun").unlink()
    worker = cli.spawn("worker", MATERIAL)
    wait_for_file(cli.folder / "gate.begun")

    worker.send_signal(signal.SIGINT)
    read_until(worker.stderr, "nothing more begins")
    gate.touch()
    _, err = worker.communicate(timeout=20)

    assert worker.returncode == 0
    assert "nothing was left running" in err
    steps = {s["step"]: s for s in cli("show", "last", "--json").document["steps"]}
    assert steps["slow"]["status"] == "completed"
    assert steps["slow"]["attempt"] == 2, "the killed process's attempt counts"
    assert steps["after"]["status"] == "queued"


def test_what_does_not_end_in_time_is_handed_back_uncounted(cli):
    flow = cli.definition(call("slow", "cli_until", str(cli.folder / "never")))
    worker = cli.spawn("worker", MATERIAL, "--grace", "0.1")
    read_until(worker.stderr, "hosts")
    starter = cli.spawn("run", flow, "--module", MATERIAL)
    wait_for_file(cli.folder / "never.begun")
    (cli.folder / "never.begun").unlink()
    starter.send_signal(signal.SIGINT)
    starter.communicate(timeout=20)
    wait_for_file(cli.folder / "never.begun")  # it is claimed, and it has begun

    worker.send_signal(signal.SIGTERM)
    _, err = worker.communicate(timeout=20)

    assert worker.returncode == 0
    assert "handed back 1 attempt(s)" in err
    (step,) = cli("show", "last", "--json").document["steps"]
    assert (step["status"], step["attempt"]) == ("queued", 1)


def test_live_runs_of_code_that_it_lacks_are_told(cli):
    cli.parked()
    worker = cli.spawn("worker")

    told = read_until(worker.stderr, "cannot go on here")
    worker.send_signal(signal.SIGTERM)
    worker.communicate(timeout=20)

    assert "1 live run of 'cli parcel'" in told
    assert worker.returncode == 0


def test_a_module_that_is_not_there_is_told(cli):
    said = cli("worker", "no_such_module")

    assert said.code == 2
    assert "there is no module 'no_such_module'" in said.err
    assert not (cli.folder / "state").exists()
