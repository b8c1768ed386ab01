"""`perdure rewind` and `perdure fork`."""

import pytest

from tests.cli.given import clean, join


def graph(cli):
    """Return the id of a completed run of a graph of two steps."""
    cli("run", cli.definition(clean("tidy", " a "), join("all", text="${tidy.result}")))
    return cli.runs()[0]["id"]


def test_a_completed_run_goes_back_and_runs_again(cli):
    run = graph(cli)

    said = cli("rewind", run, "tidy", "--why", "once more")

    assert said.code == 0
    assert said.out == f"{run} goes on from tidy, with its context as it was then\n"
    assert cli.runs()[0]["status"] in ("running", "completed")
    assert "once more" in cli("show", run, "--history").out


def test_a_run_is_forked_and_the_other_one_stays(cli):
    run = graph(cli)

    said = cli("fork", "last", "all#1", "--json")

    made = said.document["run"]
    assert made["id"] != run
    assert {one["id"] for one in cli.runs()} == {run, made["id"]}


def test_a_step_class_goes_back_with_a_changed_context(cli):
    run = cli.parked()

    said = cli("rewind", run, "ask", "--set", "parcel=p9")
    forked = cli("fork", run, "ask", "--set", "parcel=p8")

    assert (said.code, forked.code) == (0, 0)
    assert "and parcel changed" in said.out
    assert "as " + run + " stood there and parcel changed" in forked.out
    assert f"perdure resume {run} --module MODULE" in said.err


def test_a_run_goes_back_and_keeps_its_keys(cli):
    run = graph(cli)

    forked = cli("fork", run, "all").out.split()[0]
    refused = cli("rewind", forked, "tidy", "--keep-keys")
    said = cli("rewind", run, "tidy", "--keep-keys")

    assert said.out.endswith("as it was then; its steps keep their keys\n")
    assert refused.code == 2
    assert "did not begin in this run, but where it was forked" in refused.err


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("nowhere",), "its workflow has no such step"),
        (("tidy#9",), "it has no visit 9"),
        (("tidy#last",), "is no STEP#VISIT"),
        (("tidy", "--set", "x"), "NAME=TEXT"),
    ],
)
@pytest.mark.parametrize("command", ["rewind", "fork"])
def test_what_cannot_be_is_told(cli, command, words, why):
    run = graph(cli)

    said = cli(command, run, *words)

    assert said.code == 2
    assert why in said.err
