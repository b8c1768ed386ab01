"""`--where`: many runs told the same from the command line."""

import pytest

from perdure.cli.batches import check_target
from perdure.errors import ConfigError
from tests.cli.given import clean


def test_runs_are_counted_and_left_alone_in_a_dry_run(cli):
    cli.parked("p1")
    cli.parked("p2")

    said = cli("cancel", "--where", "status=live", "--dry-run")

    assert (said.code, said.out) == (0, "2 runs would be cancelled\n")
    assert {run["status"] for run in cli.runs()} == {"waiting"}


def test_runs_are_cancelled_where_that_was_agreed(cli):
    cli.parked("p1")
    cli.parked("p2")

    asked = cli("cancel", "--where", "status=live")
    said = cli("cancel", "--where", "status=live", "--yes", "--why", "closed")

    assert asked.code == 2
    assert "2 runs would be cancelled. Say --yes" in asked.err
    assert (said.code, said.out) == (0, "2 runs were cancelled\n")
    assert {run["status"] for run in cli.runs()} == {"cancelled"}


def test_runs_are_paused_and_let_go_on(cli):
    run = cli.parked()

    paused = cli("pause", "--where", "status=live", "--yes")
    resumed = cli("resume", "--where", "paused=true", "--yes")

    assert (paused.out, resumed.out) == ("1 run was paused\n", "1 run was resumed\n")
    assert cli.runs()[0]["id"] == run


def test_nothing_is_told_where_nothing_fits(cli):
    cli.parked()

    said = cli("retry", "--where", "tag=none", "--yes")

    assert (said.code, said.out) == (0, "no such run\n")


def test_a_run_that_has_not_failed_is_not_retried(cli):
    cli("run", cli.definition(clean("tidy", "a")))

    said = cli("retry", "last")

    assert said.code == 1
    assert "has not failed, it is completed" in said.err


@pytest.mark.parametrize(("run", "where"), [(None, ()), ("last", ("tag=vip",))])
def test_one_run_is_named_or_conditions_are_given(run, where):
    with pytest.raises(ConfigError, match="name one run, or several by --where"):
        check_target(run, where)
