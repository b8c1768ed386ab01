"""`perdure limits`: how many runs live and wait in line, and limits that are set from outside."""

import pytest

from perdure.app.engine import Engine
from tests.app.scenes import asking

FLOW = asking()


@pytest.fixture
def engine(cli):
    """An engine on the command line's store, which executes nothing."""
    cli.parked()
    with Engine(worker=False) as engine:
        yield engine


def test_limits_are_listed_with_who_lives_and_who_waits(cli, engine):
    engine.start(FLOW)
    engine.limits.set("asking", max_live=1)
    run = engine.start(FLOW)

    listed, runs, shown = cli("limits"), cli("runs"), cli("show", run.id)

    header, row = listed.out.splitlines()
    assert header.split() == [
        "WORKFLOW", "LIVE", "AT", "MOST", "IN", "LINE", "LONGEST", "WAIT", "OTHERS", "SAID", "BY",
    ]  # fmt: skip
    assert row.split()[:4] == ["asking", "1", "1", "1"]
    assert row.split()[-2:] == ["wait", "set"]
    assert "waits in line" in runs.out.splitlines()[1]
    assert "in line: as many of its workflow live as may" in shown.out


def test_limits_are_a_document_too(cli, engine):
    engine.start(FLOW)
    engine.limits.set("asking", max_live=1, on_limit="refuse")

    (limit,) = cli("limits", "--json").document["limits"]

    assert limit == {
        "workflow": "asking", "max_live": 1, "on_limit": "refuse", "live": 1, "in_line": 0,
        "waiting_since": None, "is_set": True, "declared": None,
    }  # fmt: skip


def test_where_nothing_is_limited_that_is_said(cli, engine):
    assert "no workflow is limited" in cli("limits").err


def test_a_limit_is_set_and_reset(cli, engine):
    engine.start(FLOW)
    first = cli("limits", "set", "asking", "--max-live", "4")
    second = cli("limits", "set", "asking", "--on-limit", "refuse")
    third = cli("limits", "set", "asking", "--max-live", "none")
    fourth = cli("limits", "reset", "asking", "--json")

    assert first.out == "asking: at most 4 runs live, others wait in line\n"
    assert second.out == "asking: at most 4 runs live, others are refused\n"
    assert third.out == "asking: any number of runs may live\n"
    assert fourth.document["limit"]["is_set"] is False


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("asking",), "nothing to set. Give --max-live NUMBER"),
        (("asking", "--max-live", "many"), "--max-live: 'many' is neither a number nor 'none'"),
        (("asking", "--max-live", "0"), "max_live: it is how many runs may live at a time"),
        (("asking", "--on-limit", "drop"), "on_limit: it is one of wait, refuse, not 'drop'"),
        (("askin", "--max-live", "1"), "no workflow 'askin' is known here"),
    ],
)
def test_a_slip_is_told(cli, engine, words, said):
    engine.start(FLOW)

    failed = cli("limits", "set", *words)

    assert failed.code != 0
    assert said in failed.err
