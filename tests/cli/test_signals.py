"""`perdure signal`: who is woken, who keeps it, who refuses it."""

import pytest

from tests.cli.given import MATERIAL


def test_a_signal_wakes_who_waits_and_says_how_the_run_goes_on(cli):
    run = cli.parked()

    said = cli("signal", "courier", "courier=ann")

    assert said.code == 0
    assert said.out == f"woke {run}\n"
    assert f"perdure resume {run} --module MODULE" in said.err


def test_a_signal_for_one_run_is_kept_until_its_wait_comes(cli):
    run = cli.parked()

    said = cli("signal", "later", "--run", run)

    assert (said.code, said.out) == (0, f"kept for {run}, whose wait has not come yet\n")


def test_a_signal_that_reaches_nobody_is_an_error_with_a_way_out(cli):
    cli.parked()

    said = cli("signal", "courrier")

    assert said.code == 1
    assert "reached no run" in said.err
    assert "--run RUN" in said.err


def test_an_ended_run_refuses(cli):
    run = cli.parked()
    cli("cancel", run)

    said = cli("signal", "courier", "--run", run)

    assert said.code == 1
    assert f"did not reach {run}: the run is cancelled" in said.err


def test_the_document_has_all_three(cli):
    run = cli.parked()

    document = cli("signal", "courier", "courier:=7", "--json").document

    assert document == {"woken": [run], "kept": [], "refused": {}}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["courier", "ann"], "payload: 'ann' is not NAME=TEXT"),
        (["courier", "n:=NaN"], "payload.n: not JSON"),
        (["courier", "--run", "run_nobody"], "there is no run 'run_nobody'"),
        (["courier", "--run", "last", "--workflow", "x"], "exclude each other"),
        ([], "requires an argument"),
    ],
)
def test_what_is_wrong_is_told_and_nobody_is_woken(cli, words, told):
    run = cli.parked()

    said = cli("signal", *words)

    assert said.code == 2
    assert told in said.err
    assert cli("resume", run, "--module", MATERIAL, "--json").document["status"] == "waiting"
