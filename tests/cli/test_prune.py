"""`perdure prune`."""

from perdure.app.engine import Engine
from perdure.authoring.registry import Registry
from tests.app.scenes import adding


def test_runs_that_ended_long_ago_are_forgotten(cli):
    registry = Registry()
    registry.add(adding())
    with Engine(cli.folder / "state" / "perdure.db", registry=registry) as engine:
        runs = [engine.start("adding", n=n) for n in range(3)]
        for run in runs:
            run.wait(10)

    young = cli("prune")
    counted = cli("prune", "--older-than", "0s", "--dry-run")
    told = cli("prune", "--older-than", "0s", "--json").document

    assert young.out == "forgot 0 run(s)\n"
    assert counted.out == "3 run(s) can be forgotten\n"
    assert told == {"found": 3, "deleted": 2, "dry_run": False}
    assert cli("show", runs[0].id).code == 2
    assert cli("show", runs[2].id).code == 0, "the one born last stays"


def test_a_store_that_is_not_there_is_named(cli):
    assert "state/perdure.db" in cli("prune").err


def test_a_span_that_is_none_is_refused(cli):
    assert "--older-than: 'soon' is no span" in cli("prune", "--older-than", "soon").err
