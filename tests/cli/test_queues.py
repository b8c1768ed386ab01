"""`perdure queues`: what waits, and limits that are set from another process."""

import pytest

from perdure.app.engine import Engine
from tests.app.scenes import PATIENCE, done, flow
from tests.cli.given import clean

MAILER = flow("mailer", {"send": done}, send={"queue": "mail"})


@pytest.fixture
def engine(cli):
    """An engine on the command line's store, which executes nothing."""
    cli.parked()
    with Engine(worker=False) as engine:
        yield engine


def test_queues_are_listed_with_what_waits_and_the_limits(cli, engine):
    engine.start(MAILER)
    engine.queues.set("gpu", concurrency=0, rate="100/min")

    said = cli("queues")

    header, gpu, mail = said.out.splitlines()
    assert header.split() == [
        "QUEUE", "WAITING", "RUNNING", "LONGEST", "WAIT", "CONCURRENCY", "RATE", "WORKERS",
    ]  # fmt: skip
    assert gpu.split() == ["gpu", "0", "0", "-", "held", "100/min", "1"]
    assert mail.split()[:3] == ["mail", "1", "0"]
    assert mail.split()[-3:] == ["-", "-", "1"]


def test_queues_are_a_document_too(cli, engine):
    engine.start(MAILER)
    engine.queues.set("mail", concurrency=4)

    (mail,) = cli("queues", "--json").document["queues"]

    assert mail.pop("waiting_since").endswith("Z")
    assert mail == {
        "name": "mail", "waiting": 1, "running": 0, "concurrency": 4, "rate": None, "begun": 0,
        "workers": 1,
    }  # fmt: skip


def test_limits_are_set_and_lifted(cli, engine):
    first = cli("queues", "set", "mail", "--concurrency", "4", "--rate", "100/min")
    second = cli("queues", "set", "mail", "--concurrency", "0")
    stands = engine.queues.get("mail")
    third = cli("queues", "set", "mail", "--concurrency", "none", "--rate", "none")

    assert first.out == "mail: at most 4 at a time, at most 100/min\n"
    assert second.out == "mail: held, nothing of it is begun, at most 100/min\n"
    assert (stands.concurrency, stands.rate) == (0, "100/min")
    assert third.out == "mail: no limits\n"


def test_a_limit_that_is_set_is_told_to_machines_as_one_document(cli, engine):
    said = cli("queues", "set", "mail", "--concurrency", "4", "--json")

    assert said.document["queue"]["concurrency"] == engine.queues.get("mail").concurrency == 4


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("mail",), "nothing to set. Give --concurrency NUMBER"),
        (("mail", "--concurrency", "many"), "--concurrency: 'many' is neither a number nor 'none'"),
        (("mail", "--rate", "fast"), "rate: 'fast' is no rate"),
        (("default", "--rate", "1/s"), "name: the default queue has no limits"),
    ],
)
def test_what_cannot_be_set_is_refused(cli, engine, words, said):
    told = cli("queues", "set", *words)

    assert told.code == 2
    assert said in told.err
    assert engine.queues.list() == []


def test_without_queues_it_says_how_a_step_gets_one(cli):
    cli.parked()

    assert '@step(queue="...")' in cli("queues").err
    assert cli("queues", "--json").document == {"queues": []}


def test_a_store_that_is_missing_is_not_made(cli):
    assert cli("queues").code == 2
    assert cli("queues", "set", "mail", "--concurrency", "1").code == 2
    assert not (cli.folder / "state").exists()


def test_a_run_in_a_full_queue_is_told_by_the_doctor(cli, engine):
    engine.queues.set("mail", concurrency=0)
    run = engine.start(MAILER)

    one, whole = cli("doctor", run.id), cli("doctor")

    assert "step 'send' (attempt 1) is ready, and queue 'mail' is held" in one.out
    assert "perdure queues set mail --concurrency none" in one.out
    assert "1 job waits: queue 'mail' is held" in whole.out


def test_a_definition_names_queues_too(cli):
    cli("run", cli.definition({**clean("tidy", "a"), "queue": "texts"}))

    assert cli("runs", "--json").document["runs"][0]["status"] == "completed"


def test_a_queue_is_served_by_an_engine_over_the_same_store(cli, engine):
    engine.queues.set("mail", concurrency=1)
    run = engine.start(MAILER)
    engine.work()

    run.result(PATIENCE)
