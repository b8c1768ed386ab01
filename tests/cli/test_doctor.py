"""`perdure doctor`: what is said of a run, and of a store."""

from tests.app.parcels import post_office, until_waiting
from tests.cli.given import clean


def test_a_waiting_run_is_told_with_the_command_that_wakes_it(cli):
    run = cli.parked()

    said = cli("doctor", run)

    assert said.code == 0
    assert said.out.startswith(f"{run} of cli parcel is waiting\n")
    assert "step 'ask' waits for signal 'courier', since " in said.out
    assert f"      perdure signal courier --run {run}\n" in said.out


def test_the_findings_are_a_document_too(cli):
    cli.parked()

    document = cli("doctor", "last", "--json").document

    assert document["status"] == "waiting"
    (finding,) = document["findings"]
    assert finding["problem"] is False
    assert finding["since"].endswith("Z")


def test_a_store_tells_where_it_is_how_durable_and_who_works_on_it(cli):
    cli.parked()
    cli("run", cli.definition(clean("tidy", "a")))

    said = cli("doctor")

    assert said.code == 0
    assert str(cli.folder / "state" / "perdure.db") in said.out
    assert "durability  full" in said.out
    assert "none works on it now" in said.out
    assert "live runs   1 waiting, cli parcel" in said.out
    assert "nothing is wrong with it" in said.out


def test_a_relaxed_durability_is_told(cli, monkeypatch):
    cli.parked()
    monkeypatch.setenv("PERDURE_DURABILITY", "process")

    said = cli("doctor")
    document = cli("doctor", "--json").document

    assert "! durability is relaxed" in said.out
    assert document["durability"].startswith("relaxed")
    assert document["findings"][0]["problem"] is True
    assert document["live"] == [{"workflow": "cli parcel", "status": "waiting", "count": 1}]


def test_a_missing_store_is_named(cli):
    said = cli("doctor")

    assert said.code == 2
    assert "there is no store at" in said.err


def test_who_works_on_a_store_is_told_and_how_long_a_wait_lasts(cli):
    with post_office(cli.folder / "state" / "perdure.db") as engine:
        run = engine.start("parcel")
        until_waiting(engine, run)
        store, one = cli("doctor"), cli("doctor", run.id)
        document = cli("doctor", "--json").document

    (process,) = document["processes"]
    assert f"process     {process['pid']} on {process['host']}, since 20" in store.out
    assert "(in 59 min" in one.out


def test_what_nobody_claims_is_marked(cli):
    with post_office(cli.folder / "state" / "perdure.db", worker=False) as engine:
        engine.start("parcel")
    cli.later(10)

    said = cli("doctor")

    assert "  ! 1 run of 'parcel' could go on and nobody has claimed the next step" in said.out
    assert "      perdure worker [MODULE]\n" in said.out
    assert "nothing is wrong" not in said.out
