"""`perdure budgets`: what may be spent, and is."""

import pytest

from perdure.app.engine import Engine
from tests.app.scenes import asking

FLOW = asking()


@pytest.fixture
def engine(cli):
    cli.parked()
    with Engine(worker=False) as engine:
        yield engine


def test_budgets_are_set_and_listed(cli, engine):
    run = engine.start(FLOW)

    said = cli("budgets", "set", "--run", run.id, "--max-cost", "0.5", "--on-budget", "stop")
    cli("budgets", "set", "--workflow", "asking", "--max-cost", "20", "--per", "day")
    listed = cli("budgets")

    assert said.out == f"{run.id}: at most $0.50, $0.00 spent or reserved\n"
    assert f"perdure resume {run.id}" in said.err
    header, first, second = (line.split() for line in listed.out.splitlines())
    assert header == ["OF", "NAME", "SPENT", "AT", "MOST", "PER", "THEN"]
    assert first == ["run", run.id, "$0.00", "$0.50", "-", "stop"]
    assert second == ["workflow", "asking", "$0.00", "$20.00", "day", "pause"]


def test_budgets_are_a_document_too(cli, engine):
    made = cli("budgets", "set", "--workflow", "w", "--max-cost", "none", "--json").document

    assert made["budget"]["max_cost"] is None
    assert cli("budgets", "--json").document == {"budgets": [made["budget"]]}


def test_where_none_is_set_that_is_said(cli, engine):
    assert "no budget is set" in cli("budgets").err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--max-cost", "1"), "name one of the two"),
        (("--max-cost", "much", "--workflow", "w"), "neither an amount of US dollars nor 'none'"),
        (("--max-cost", "-1", "--workflow", "w"), "an amount of US dollars"),
    ],
)
def test_what_cannot_be_meant_is_told(cli, engine, words, told):
    said = cli("budgets", "set", *words)

    assert said.code == 2
    assert told in said.err
