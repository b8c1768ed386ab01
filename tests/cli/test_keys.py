"""`perdure keys`, `rotate`, `abandon`, `forget`, and secrets on the way in and out."""

import pytest

CANARY = "c4n4ry-77Q"
STEP = {
    "id": "a",
    "type": "data_processing",
    "function": "clean_text",
    "input": "${workflow.input.key}",
}


@pytest.fixture
def run(cli, monkeypatch):
    """Run a definition with a secret; return the run's document."""
    monkeypatch.setenv("THE_KEY", CANARY)
    said = cli("run", cli.definition(STEP), "--secret", "key=THE_KEY", "--json")
    assert said.code == 0, said.err
    assert CANARY not in said.out + said.err
    return said.document


def test_a_secret_comes_from_the_environment_and_no_output_has_it(cli, run):
    shown, document, history = (
        cli("show", "last"),
        cli("show", "last", "--json"),
        cli("show", "last", "--history"),
    )

    assert run["result"] == "<secret>"
    assert run["inputs"] == {"key": "<secret>"}
    assert document.document["secrets"] == "sealed"
    assert "secrets    sealed" in shown.out
    assert CANARY not in shown.out + document.out + history.out


def test_a_variable_that_is_not_there_is_told_and_nothing_started(cli):
    said = cli("run", cli.definition(STEP), "--secret", "key=NO_SUCH")

    assert said.code == 2
    assert "--secret key=NO_SUCH: there is no such environment variable" in said.err


def test_keys_are_listed_by_their_ids(cli, run):
    (key,) = cli("keys", "--json").document["keys"]
    header, row = cli("keys").out.splitlines()

    assert key["runs"] == 1
    assert header.split() == ["MASTER", "KEY", "RUNS"]
    assert row.split() == [key["master_key"], "1"]


def test_where_no_run_has_secrets_that_is_said(cli):
    cli.parked()

    assert "no run has secrets yet" in cli("keys").err


def test_another_master_key_takes_the_old_ones_place(cli, run):
    (old,) = cli("keys", "--json").document["keys"]

    said = cli("keys", "rotate")
    again = cli("keys", "rotate", "--json").document

    assert "wraps the keys of 1 run(s); the old one is not needed" in said.out
    assert old["master_key"] not in said.out
    assert again["runs"] == 1
    assert [key["master_key"] for key in cli("keys", "--json").document["keys"]] == [
        again["master_key"]
    ]


def test_a_runs_key_is_destroyed(cli, run):
    said = cli("forget", "last", "--by", "ann")

    assert "its secrets cannot be read any more" in said.out
    assert "has no key (any more)" in cli("forget", "last").err
    assert cli("forget", "last", "--json").document["destroyed"] is False
    shown = cli("show", "last", "--json").document
    assert shown["inputs"] == {"key": "<secret, deleted>"}
    assert shown["secrets"].endswith("by ann")


def test_secrets_under_a_lost_master_key_are_given_up(cli, run):
    (key,) = cli("keys", "--json").document["keys"]
    (cli.folder / "state" / "perdure.db.key").unlink()

    refused = cli("cancel", "last")
    unsure = cli("keys", "abandon", key["master_key"])
    wrong = cli("keys", "abandon", "nothing", "--yes")
    done = cli("keys", "abandon", key["master_key"], "--yes")

    assert refused.code == 2
    assert f"perdure keys abandon {key['master_key']}" in refused.err
    assert "Add --yes" in unsure.err
    assert f"There are: {key['master_key']}" in wrong.err
    assert done.out == "destroyed the keys of 1 run(s)\n"
    assert "need the master key" not in cli("cancel", "last").err


def test_abandoning_is_a_document_too(cli, run):
    (key,) = cli("keys", "--json").document["keys"]

    assert cli("keys", "abandon", key["master_key"], "--yes", "--json").document["runs"] == 1
