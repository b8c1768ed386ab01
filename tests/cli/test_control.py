"""`perdure pause` and `perdure cancel`."""

from dataclasses import replace

import pytest

from perdure.app.engine import Engine
from perdure.authoring.plans import seal
from perdure.authoring.registry import Registry
from tests.app.parcels import declare, until_waiting
from tests.cli.given import clean


def test_a_paused_run_is_shown_so_and_can_be_let_go(cli):
    run = cli.parked()

    said = cli("pause", run, "--why", "stocktaking")

    assert (said.code, said.out) == (0, f"{run} is paused\n")
    assert f"perdure resume {run}" in said.err
    assert cli.runs()[0]["status"] == "paused"
    assert "it was paused by the command line: stocktaking" in cli("doctor", run).out


def test_a_cancelled_run_has_ended(cli):
    run = cli.parked()

    said = cli("cancel", "last", "--why", "changed our mind")

    assert (said.code, said.out) == (0, f"{run} is cancelled\n")
    assert cli.runs()[0]["status"] == "cancelled"
    assert "why='changed our mind'" in cli("show", run, "--history").out


@pytest.mark.parametrize("command", ["pause", "cancel"])
def test_a_run_that_has_ended_is_left_alone(cli, command):
    cli("run", cli.definition(clean("tidy", "a")))

    said = cli(command, "last")

    assert said.code == 1
    assert "is completed already" in said.err


@pytest.mark.parametrize("command", ["pause", "cancel"])
def test_an_unknown_run_is_told(cli, command):
    cli.parked()

    said = cli(command, "run_nobody")

    assert said.code == 2
    assert "there is no run 'run_nobody'" in said.err


def cancelling(cli):
    """Return a run whose hook is under way, with nobody to run it."""
    registry = Registry()
    declare(registry)
    flow = registry.get("parcel")
    tidy = replace(flow, plan=seal(replace(flow.plan, workflow="tidy", on_cancel="send")))
    with Engine(cli.folder / "state" / "perdure.db", registry=registry) as engine:
        run = engine.start(tidy)
        until_waiting(engine, run)
    said = cli("cancel", run.id)

    assert said.code == 0
    assert said.out == f"{run.id} is being cancelled; its hook runs\n"
    assert f"perdure resume {run.id} --module MODULE" in said.err

    return run.id


def test_a_run_with_a_hook_is_being_cancelled_until_that_has_run(cli):
    doctor = cli("doctor", cancelling(cli))

    assert "its hook has not ended yet" in doctor.out


def test_a_run_whose_hook_hangs_can_be_cancelled_by_force(cli):
    run = cancelling(cli)

    again = cli("cancel", run)
    forced = cli("cancel", run, "--force")

    assert again.code == 1
    assert f"perdure cancel --force {run}" in again.err
    assert (forced.code, forced.out) == (0, f"{run} is cancelled\n")
