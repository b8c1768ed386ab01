"""`perdure analytics` and `perdure usage`."""

from tests.cli.given import clean, join


def flow(cli):
    return cli.definition(clean("tidy", "a"), join("all", x="${tidy.result}"))


def test_a_workflow_is_told_of_with_its_figures(cli):
    """S004-55."""
    made = flow(cli)
    cli("run", made)
    cli("run", made)

    said = cli("analytics", cli.name)
    document = cli("analytics", cli.name, "--json", "--timeframe", "last_24_hours").document

    assert f"{cli.name}: 2 runs (2 completed)" in said.out
    assert "success  100.0 %" in said.out
    assert document["runs"]["completed"] == 2
    assert document["success_rate"] == {"value": 100.0, "basis": "history", "samples": 2}
    assert document["avg_duration_seconds"]["value"] > 0
    assert set(document["steps"]) == {"tidy", "all"}


def test_a_workflow_that_never_ran_has_null_for_all(cli):
    cli("run", flow(cli))

    said = cli("analytics", "nobody")
    document = cli("analytics", "nobody", "--json").document

    assert "nobody: 0 runs\n" in said.out
    assert "mean     -" in said.out
    assert document["avg_cost"] == {"value": None, "basis": "none", "samples": 0}


def test_usage_is_told_by_what_is_asked_for(cli):
    """S004-56."""
    cli("run", flow(cli))

    said = cli("usage", "--by", "step")
    document = cli("usage", "--json").document

    assert f"{cli.name} tidy" in said.out
    share = document["groups"][cli.name]
    assert (share["runs"], share["attempts"]) == (1, 2)
    assert (
        share["ram_gb_hours"]
        == share["gpu_hours"]
        == {"value": None, "basis": "none", "samples": 0}
    )
    assert share["cpu_hours"]["samples"] == 2
    assert share["cpu_hours"]["value"] >= 0


def test_a_timeframe_is_a_name_or_two_moments(cli):
    cli("run", flow(cli))

    past = cli("usage", "--timeframe", "2020-01-01..2020-02-01")
    open_ = cli("usage", "--timeframe", "2020-01-01..", "--json").document
    wrong, empty = cli("usage", "--timeframe", "last_year"), cli("usage", "--timeframe", "..")

    assert "No run began in this timeframe." in past.err
    assert (open_["from"], open_["to"]) == ("2020-01-01T00:00:00.000Z", None)
    assert cli.name in open_["groups"]
    assert wrong.code == empty.code == 2
    assert "last_24_hours" in wrong.err


def test_what_cannot_be_grouped_by_is_told(cli):
    cli("run", flow(cli))

    said = cli("usage", "--by", "colour")

    assert said.code == 2
    assert "workflow, version, step" in said.err
