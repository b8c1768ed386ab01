"""`perdure runs`: the newest first, by status and workflow."""

from tests.cli.given import MATERIAL, call, clean
from tests.cli.scenes import stranded


def test_runs_are_listed_newest_first_with_where_they_are(cli):
    parked = cli.parked()
    cli("run", cli.definition(clean("tidy", "a")))
    cli.name = "another one that fails"
    cli("run", cli.definition(call("bad", "cli_fail", "x"), file="b.json"), "--module", MATERIAL)

    said = cli("runs")

    header, failed, completed, waiting = said.out.splitlines()
    assert header.split() == ["RUN", "WORKFLOW", "STATUS", "STARTED", "TOOK", "AT"]
    assert "failed" in failed
    assert "bad: error" in failed
    assert "completed" in completed
    assert waiting.startswith(parked)
    assert "ask, waits for signal 'courier'" in waiting


def test_a_run_that_waits_for_an_event_says_so(cli):
    cli("run", "tests.cli.letters:Letter")

    said = cli("runs")

    assert "ask, waits for event 'picked' or signal 'lost'" in said.out
    (run,) = cli.runs()
    assert run["awaits"] == "event 'picked' or signal 'lost'"


def test_runs_are_chosen_by_status_and_workflow(cli):
    parked = cli.parked()
    cli("run", cli.definition(clean("tidy", "a")))

    def ids(*words):
        return [run["id"] for run in cli("runs", "--json", *words).document["runs"]]

    assert ids("--status", "waiting") == [parked]
    assert ids("--status", "live") == [parked]
    assert ids("--workflow", "cli parcel") == [parked]
    assert ids("--workflow", "cli parcel", "--status", "completed") == []
    assert len(ids("--limit", "1")) == 1
    assert len(ids()) == 2


def test_runs_are_chosen_by_conditions_and_by_poison(cli):
    parked = cli.parked()
    cli("run", cli.definition(clean("tidy", "a")))

    def ids(*words):
        return [run["id"] for run in cli("runs", "--json", *words).document["runs"]]

    assert ids("--where", "status=live", "--where", "workflow=cli parcel") == [parked]
    assert ids("--where", "created<2026-01-01") == []
    assert ids("--where", "tag=vip") == []
    assert cli("runs", "--poison").err == "no such run\n"
    assert "is no condition" in cli("runs", "--where", "failed").err


def test_a_list_that_was_cut_says_so(cli):
    cli("run", cli.definition(clean("tidy", "a")))
    cli("run", cli.definition(clean("tidy", "a")))

    said = cli("runs", "--limit", "1")

    assert "more with --limit" in said.err


def test_a_document_says_when_and_how_long(cli):
    cli("run", cli.definition(clean("tidy", "a")))

    (run,) = cli("runs", "--json").document["runs"]

    assert run["status"] == "completed"
    assert run["created_at"].endswith("Z")
    assert run["seconds"] >= 0
    assert run["workflow"] == cli.name


def test_wrong_options_are_refused_with_what_there_is(cli):
    cli.parked()

    status, limit = cli("runs", "--status", "done"), cli("runs", "--limit", "0")

    assert (status.code, limit.code) == (2, 2)
    assert "'done' is none. There are: live, pending" in status.err
    assert "--limit" in limit.err


def test_no_run_is_no_error(cli):
    cli.parked()

    said = cli("runs", "--status", "failed")

    assert (said.code, said.out, said.err) == (0, "", "no such run\n")


def test_a_missing_store_is_named_and_not_made(cli):
    said = cli("runs")

    assert said.code == 2
    assert str(cli.folder / "state" / "perdure.db") in said.err
    assert not (cli.folder / "state").exists()


def test_a_stranded_run_is_listed_as_such_with_the_command_that_says_why(cli):
    stranded(cli.folder / "state" / "perdure.db")

    said = cli("runs")

    assert said.out.splitlines()[1].split()[3] == "stranded"
    assert "stranded runs do not fit the code that is there. Why: perdure doctor RUN" in said.err
    assert cli("runs", "--json").document["runs"][0]["stranded"] == "pay"
