"""`perdure schedules`: made, seen, changed and run from the command line."""

import re

import pytest

from tests.cli.given import MATERIAL, clean, wait_until

TIME = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"


@pytest.fixture
def made(cli):
    """A command line whose store has a schedule of parcels."""
    said = cli("schedules", "create", "daily", f"{MATERIAL}:Parcel", "--cron", "0 9 * * *",
               "--timezone", "Europe/Berlin", "--input", "parcel=p1")  # fmt: skip
    assert said.code == 0
    return cli


def test_a_schedule_is_made_and_says_when_it_comes(cli):
    said = cli("schedules", "create", "often", f"{MATERIAL}:Parcel", "--every", "15m",
               "--input", "parcel=p1")  # fmt: skip

    assert re.fullmatch(rf"often comes next at {TIME} \(every 15 min\)\n", said.out)
    assert f"perdure worker {MATERIAL}" in said.err


def test_all_that_it_says_is_in_its_document(made):
    said = made("schedules", "list", "--json").document

    (document,) = said["schedules"]
    next_at = document.pop("next_at")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT09:00:00\+0[12]:00", next_at)
    assert document == {
        "name": "daily", "workflow": document["workflow"], "cron": "0 9 * * *",
        "timezone": "Europe/Berlin", "every": None, "inputs": {"parcel": "p1"},
        "catch_up": "latest", "catch_up_limit": 100, "overlap": "skip", "declared": False,
        "paused": False, "last_at": None, "last_run": None, "skipped": 0, "error": None,
    }  # fmt: skip


def test_schedules_are_listed_in_columns(made):
    said = made("schedules", "list")

    header, row = said.out.splitlines()
    assert header.split() == ["SCHEDULE", "WORKFLOW", "WHEN", "NEXT", "LAST"]
    assert re.search(rf"daily .* 0 9 \* \* \* Europe/Berlin +{TIME}", row)


def test_schedules_alone_lists_them(made):
    assert made("schedules").out == made("schedules", "list").out
    assert made("schedules", "--json").document == made("schedules", "list", "--json").document


def test_a_workflow_is_named_by_the_name_that_its_module_gives_it(cli):
    said = cli("schedules", "create", "x", "cli parcel", "--module", MATERIAL, "--every", "every hour",
               "--input", "parcel=p1")  # fmt: skip

    assert re.fullmatch(rf"x comes next at {TIME} \(every hour\)\n", said.out)
    assert f"perdure worker {MATERIAL}" in said.err


def test_a_workflow_is_named_by_the_name_that_the_store_knows(cli):
    """Its code is not here: so its runs begin where a worker has it."""
    (cli.folder / "known.py").write_text(
        "from perdure import complete, step, workflow\n"
        "@workflow('cli known elsewhere')\n"
        "class Known:\n"
        "    @step(start=True)\n"
        "    def first(self):\n"
        "        return complete()\n"
    )
    cli.spawn("run", "known.py", "--json").communicate(timeout=30)

    made = cli("schedules", "create", "x", "cli known elsewhere", "--every", "day")
    refused = cli("schedules", "run", "x")
    begun = cli("schedules", "run", "x", "--module", "known.py")

    assert made.out.startswith("x comes next at ")
    assert refused.code == 2
    assert "It begins where a worker has it" in refused.err
    assert begun.out == f"{cli.runs()[0]['id']}\n"


def test_a_definition_is_known_by_its_name_too(cli):
    cli("run", cli.definition(clean("tidy", "a  b")))

    said = cli("schedules", "create", "x", cli.name, "--every", "day")

    assert said.code == 0
    assert cli("schedules", "run", "x").code == 0


def test_a_name_that_nobody_knows_is_told(cli):
    said = cli("schedules", "create", "x", "nightly_report", "--every", "day")

    assert said.code == 2
    assert "there is no module 'nightly_report'" in said.err
    assert "--module MODULE" in said.err
    assert not (cli.folder / "state").exists()


def test_without_schedules_nothing_is_listed(made):
    assert made("schedules", "delete", "daily").out == "daily is deleted\n"

    said = made("schedules", "list")

    assert (said.code, said.out) == (0, "")
    assert "no schedule yet" in said.err


def test_a_schedule_is_paused_and_goes_on(made):
    paused = made("schedules", "pause", "daily")
    listed = made("schedules", "list")
    resumed = made("schedules", "resume", "daily")

    assert paused.out == "daily is paused\n"
    assert " paused" in listed.out
    assert resumed.out.startswith("daily comes next at ")


@pytest.mark.parametrize("command", ["pause", "resume"])
def test_a_change_is_told_as_a_document(made, command):
    document = made("schedules", command, "daily", "--json").document

    assert document["paused"] == (command == "pause")


def test_a_schedule_may_be_made_paused(cli):
    said = cli("schedules", "create", "x", f"{MATERIAL}:Parcel", "--every", "5", "--paused",
               "--input", "parcel=p1", "--json")  # fmt: skip

    assert (said.document["paused"], said.document["next_at"], said.err) == (True, None, "")


def test_the_times_that_come_next_are_told_in_the_zone(made):
    said = made("schedules", "next", "daily", "--count", "3")
    document = made("schedules", "next", "daily", "--json").document

    assert len(said.out.splitlines()) == 3
    assert all(re.fullmatch(r"\w{3} [\d-]{10} 09:00:00 \+0[12]00", line)
               for line in said.out.splitlines())  # fmt: skip
    assert document["schedule"] == "daily"
    assert len(document["times"]) == 5


def test_a_run_begins_at_once(made):
    said = made("schedules", "run", "daily")

    (run,) = made.runs()
    assert said.out == f"{run['id']}\n"
    assert run["attributes"]["schedule"] == "daily"
    assert "1 run\n" in said.err
    assert "perdure worker MODULE" in said.err


def test_a_second_run_by_hand_may_not_overlap_the_first(made):
    made("schedules", "run", "daily")

    said = made("schedules", "run", "daily")

    assert said.code == 2
    assert "has not ended. Overlap 'skip' lets no other run of schedule 'daily' begin" in said.err
    assert "on_conflict" not in said.err


def test_a_backfill_goes_by_the_clocks_of_the_schedule(made):
    said = made("schedules", "backfill", "daily", "2026-11-01", "2026-11-03T09:00", "--json")

    times = [run["attributes"]["scheduled_for"] for run in said.document["runs"]]
    assert times == [f"2026-11-0{day}T08:00:00+00:00" for day in (1, 2, 3)]


def test_a_backfill_may_say_its_zone(made):
    said = made("schedules", "backfill", "daily", "2026-11-01T08:00+00:00", "2026-11-01T09:30Z")

    assert len(said.out.splitlines()) == 1


def test_a_deleted_schedule_is_told_as_a_document(made):
    assert made("schedules", "delete", "daily", "--json").document == {"deleted": "daily"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("pause", "nobody"), "there is no schedule 'nobody'"),
        (("delete", "nobody"), "there is no schedule 'nobody'"),
        (("next", "nobody"), "there is no schedule 'nobody'"),
        (("backfill", "daily", "yesterday", "today"), "'yesterday' is no date or time"),
        (("create", "daily", f"{MATERIAL}:Parcel", "--every", "5"), "parcel"),
        (("create", "x", f"{MATERIAL}:Parcel", "--every", "soon"), "--every: 'soon' is no span"),
        (("create", "x", f"{MATERIAL}:Parcel", "--cron", "61 * * * *"), "Bad minute"),
        (("create", "x", f"{MATERIAL}:Parcel", "--every", "5", "--overlap", "no"), "--overlap"),
    ],
)
def test_what_is_wrong_is_told(made, words, said):
    answer = made("schedules", *words)

    assert answer.code == 2
    assert said in answer.err


def test_another_schedule_of_the_name_is_refused(made):
    said = made("schedules", "create", "daily", f"{MATERIAL}:Parcel", "--every", "5",
                "--input", "parcel=p1")  # fmt: skip

    assert said.code == 2
    assert "says something else" in said.err


@pytest.mark.slow
def test_a_worker_that_never_saw_a_definition_begins_its_runs(cli):
    """Only the store knows the plan; everything else that the steps need is built in."""
    path = cli.definition(clean("tidy", "  a   b "))
    cli("schedules", "create", "often", str(path), "--every", "1s")
    path.unlink()

    worker = cli.spawn("worker")
    try:
        wait_until(lambda: any(run["status"] == "completed" for run in cli.runs()))
    finally:
        worker.terminate()
        worker.communicate(timeout=20)

    row = cli("schedules", "list")
    assert re.search(rf"often .* {TIME} +{TIME}", row.out)


def test_what_went_wrong_is_shown_beside_a_schedule():
    from perdure.app.schedules import view_of
    from perdure.cli.schedules import _remark
    from perdure.ports.rows import ScheduleRow

    row = ScheduleRow("s", 1, "w", '{"every":5}', 0, 0, 0, 0.0, 5.0)

    assert _remark(view_of(row)) == ""
    assert _remark(view_of(row._replace(skipped=3))) == "3 skipped"
    assert _remark(view_of(row._replace(error="No: a\nb"))) == "could not begin: No: a b"
