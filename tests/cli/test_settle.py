"""`perdure settle`."""

import pytest

from perdure.app.engine import Engine
from perdure.authoring.registry import Registry
from perdure.authoring.steps.decorators import step, workflow
from perdure.authoring.steps.directives import complete, goto
from perdure.authoring.steps.retry import OutcomeUnknown
from tests.app.scenes import until


@pytest.fixture
def run(cli):
    """Return the id of a run of which nobody knows whether its first step was done."""
    registry = Registry()

    @workflow("payment", registry=registry)
    class Payment:
        @step(start=True, at_most_once=True)
        def pay(self):
            if self:
                raise OutcomeUnknown("the line went dead")
            return goto(self.ship)

        @step
        def ship(self):
            return complete()

    with Engine(cli.folder / "state" / "perdure.db", registry=registry) as engine:
        run = engine.start("payment")
        until(lambda: engine.view(run.id).unsettled)
    return run.id


def test_it_was_done(cli, run):
    said = cli("settle", run, "pay", "--done", '{"charge": "ch_1"}', "--why", "in the books")
    shown = cli("show", run, "--json").document

    assert (said.code, said.out) == (0, f"'pay' is settled; {run} goes on at ship\n")
    assert f"perdure resume {run} --module MODULE" in said.err
    assert shown["context"] == {"charge": "ch_1"}
    assert "why='in the books'" in cli("show", run, "--history").out


def test_it_was_not_done(cli, run):
    said = cli("settle", "last", "pay", "--not-done")

    assert said.out == f"'pay' is settled; {run} goes on at pay\n"


def test_it_has_failed(cli, run):
    said = cli("settle", run, "pay", "--failed", "no money")

    assert said.out == f"'pay' is settled; {run} is failed\n"


def test_it_was_done_and_that_is_all(cli, run):
    said = cli("settle", run, "pay", "--done", "{}", "--complete")

    assert said.out == f"'pay' is settled; {run} is completed\n"


def test_a_run_shows_that_it_is_to_be_settled(cli, run):
    said = cli("show", run)

    assert "unsettled  step 'pay'" in said.out
    assert "outcome_unknown" in said.out
    assert cli("runs", "--json").document["runs"][0]["unsettled"] == "pay"


def test_what_is_known_is_left_alone(cli, run):
    cli("settle", run, "pay", "--failed", "no money")

    said = cli("settle", run, "pay", "--not-done")

    assert said.code == 1
    assert "has no unknown outcome" in said.err


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        ((), "say one of"),
        (("--not-done", "--failed", "x"), "say one of"),
        (("--not-done", "--then", "ship"), "go with --done"),
        (("--done", "{"), "--done"),
    ],
)
def test_one_thing_is_said(cli, run, words, wrong):
    said = cli("settle", run, "pay", *words)

    assert said.code == 2
    assert wrong in said.err


def test_a_run_that_rests_so_says_how_it_is_settled(cli, run):
    module = cli.folder / "shop.py"
    module.write_text(
        "from perdure import *\n\n"
        '@workflow("payment")\nclass Payment:\n'
        "    @step(start=True, at_most_once=True)\n    def pay(self):\n"
        "        return goto(self.ship)\n\n"
        "    @step\n    def ship(self):\n        return complete()\n"
    )

    said = cli("resume", run, "--module", module)

    assert "nobody knows whether it was done" in said.out
    assert f"perdure settle {run} pay --done JSON | --not-done | --failed WHY" in said.err


def test_it_is_told_to_machines_as_one_document(cli, run):
    said = cli("settle", run, "pay", "--failed", "no money", "--json")

    assert (said.document["run"]["id"], said.document["run"]["status"]) == (run, "failed")
