"""`perdure upgrade --plan`: what a deploy would mean, before it is one."""

import sys

import pytest

OLD = """
from pydantic import BaseModel
from perdure import complete, goto, step, wait, workflow


@workflow("cli order {name}")
class Order:
    class Context(BaseModel):
        item: str = "book"

    @step(start=True)
    def ask(self):
        return wait.for_signal("paid", then=self.ship)

    @step
    def ship(self):
        return complete()
"""
RENAMED = OLD.replace("ship", "send")


@pytest.fixture
def orders(cli, monkeypatch):
    """A module of orders with one run, which can be written anew."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    name = f"orders_{abs(hash(cli.name))}"

    def write(text):
        sys.modules.pop(name, None)
        (cli.folder / f"{name}.py").write_text(text.replace("{name}", name), encoding="utf-8")
        return f"{name}.py"

    assert cli("run", write(OLD)).code == 0
    return write


def test_a_deploy_that_strands_nothing_ends_well(cli, orders):
    said = cli("upgrade", "--plan", orders(OLD))

    assert said.code == 0
    assert ", runs of version 1: the shape is the same, 1 safe\n" in said.out
    assert "no run would be stranded" in said.out


def test_a_deploy_that_strands_says_which_why_and_what_to_write(cli, orders):
    run = cli.runs()[0]["id"]

    said = cli("upgrade", "--plan", f"{orders(RENAMED)}:Order")

    assert said.code == 1
    assert "the shape has changed, 1 stranded\n" in said.out
    assert "! stranded: step 'ship' is where 'ask' goes on, and is not there any more" in said.out
    assert "put step 'ship' back, or write @step(formerly='ship') above 'send'" in said.out
    assert f"      {run}\n" in said.out
    assert "1 run would be stranded" in said.out


def test_changed_bodies_are_listed(cli, orders):
    changed = OLD.replace("complete()", "complete(sent=True)")

    said = cli("upgrade", "--plan", orders(changed))

    assert said.code == 0
    assert "- the body of 'ship' has changed: 1 run may still come to it" in said.out


def test_what_no_worker_has_told_is_not_known(cli, orders, monkeypatch):
    monkeypatch.setattr("perdure.authoring.steps.digests._PYTHON", "2.7")

    said = cli("upgrade", "--plan", orders(OLD))

    assert "whether bodies have changed is not known" in said.out


def test_it_is_a_document_too(cli, orders):
    run = cli.runs()[0]["id"]

    document = cli("upgrade", "--plan", orders(RENAMED), "--json").document

    assert document["safe"] is False
    (upgrade,) = document["upgrades"]
    assert (upgrade["version"], upgrade["to_version"], upgrade["same_shape"]) == ("1", "1", False)
    assert upgrade["runs"] == {"safe": 0, "migration": 0, "stranded": 1}
    assert upgrade["stranded"][0]["runs"] == [run]
    assert upgrade["changed_bodies"] == []


def test_only_so_many_runs_are_named(cli, orders):
    for _ in range(6):
        cli("run", orders(OLD))

    said = cli("upgrade", "--plan", orders(RENAMED))

    assert " and 2 more\n" in said.out
    assert "7 runs would be stranded" in said.out


def test_runs_of_other_code_are_told(cli, orders):
    other = cli.folder / f"other_{orders(OLD)}"
    other.write_text(OLD.replace("cli order", "cli other order"), encoding="utf-8")

    said = cli("upgrade", "--plan", other)

    assert said.code == 0
    assert f"no live run is of {other}" in said.out
    assert "not looked at" in said.err


def test_a_module_without_code_is_refused(cli, orders):
    bare = cli.folder / "bare_module_for_upgrades.py"
    bare.write_text("", encoding="utf-8")

    said = cli("upgrade", "--plan", bare)

    assert said.code == 2
    assert "declares no workflow class" in said.err


def test_what_is_to_be_planned_must_be_named(cli, orders):
    said = cli("upgrade")

    assert said.code == 2
    assert "--plan" in said.err
