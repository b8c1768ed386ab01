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

    document = cli("signal", "courier", "courier=ann", "--json").document

    assert document == {
        "woken": [run], "kept": [], "refused": {}, "mailed": False, "repeated": False,
    }  # fmt: skip


def test_a_match_narrows_it_to_runs_whose_context_has_the_value(cli):
    run = cli.parked()

    assert cli("signal", "courier", "--match", "nothing=here").code == 1
    assert cli("signal", "courier", "--match", "nothing:=1", "--json").document["woken"] == []
    assert cli("signal", "courier").out == f"woke {run}\n"


def test_a_key_that_nobody_waits_with_yet_is_kept_and_a_second_one_is_not_sent(cli):
    cli.parked()

    kept = cli("signal", "courier", "--key", "k1")
    once = cli("signal", "courier", "--idempotency-key", "once")
    twice = cli("signal", "courier", "--idempotency-key", "once")

    assert (kept.code, kept.out) == (0, "kept in the mailbox: nobody waits with this key yet\n")
    assert once.out.startswith("woke ")
    assert (twice.code, "was sent before" in twice.out) == (0, True)


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
