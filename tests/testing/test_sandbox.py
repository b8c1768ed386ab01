"""The sandbox, as somebody uses it who tests workflows of his own."""

from datetime import timedelta

import pytest

from perdure.app.default import DefaultEngine
from perdure.authoring.registry import Registry
from perdure.errors import ResultTimeoutError
from perdure.testing import Clock, Sandbox, SynchronousExecutor
from perdure.testing.sandbox import EndlessError
from tests.app.scenes import done, flow
from tests.testing.flows import REGISTRY


@pytest.fixture
def engine():
    with Sandbox(registry=REGISTRY) as made:
        yield made


def test_what_is_ready_has_run_when_a_call_returns(engine):
    run = engine.start("kit_order", order_id=7)

    assert run.status == "running"
    assert run.refresh().status == "waiting"
    engine.signal("payment", {"paid": False}, run_id=run.id)
    assert run.refresh().status == "failed"


def test_a_timeout_comes_when_its_time_has_come_and_not_before(engine):
    run = engine.start("kit_order", order_id=7)

    engine.clock.advance(days=6, hours=23, minutes=59)
    assert run.refresh().status == "waiting"
    engine.clock.advance(minutes=1)
    assert run.refresh().data["note"] == "no payment came"


def test_a_run_says_when_it_will_wake_by_the_same_clock(engine):
    run = engine.start("kit_order", order_id=7)

    assert run.refresh().wake_at - engine.clock.utc == timedelta(days=7)


def test_retries_come_after_their_delays(engine):
    run = engine.start("kit_order", order_id=7)
    engine.signal("payment", {"paid": True}, run_id=run.id)

    engine.clock.advance(59)
    assert run.refresh().status == "waiting"
    engine.clock.advance(1)
    assert run.refresh().status == "waiting"
    engine.clock.advance(timedelta(minutes=10))
    assert run.result() == {
        "order_id": 7,
        "paid": True,
        "log": ["asked"],
        "note": "thank you",
    }


def test_what_is_due_fires_in_order_across_sleeps_timeouts_and_retries(engine):
    """Three runs, one advance: each end is at its own moment."""
    slow = engine.start("kit_reminder", every=5 * 3600.0)
    late = engine.start("kit_order", order_id=1)
    paid = engine.start("kit_order", order_id=2)
    engine.signal("payment", {"paid": True}, run_id=paid.id)
    begun = engine.clock.utc

    engine.clock.advance(weeks=1)

    ends = [run.refresh().view.ended_at - begun for run in (paid, slow, late)]
    assert ends == [timedelta(minutes=6), timedelta(hours=10), timedelta(days=7)]


def test_a_year_of_a_reminder_takes_no_time(engine):
    run = engine.start("kit_reminder", every=86_400.0, most=365)

    engine.clock.advance(days=363)
    assert run.refresh().data["sent"] == 364
    engine.clock.advance(days=1)
    assert run.result()["sent"] == 365


def test_skip_goes_to_the_next_moment_at_which_something_is_due(engine):
    run = engine.start("kit_reminder")
    begun = engine.clock.utc

    assert engine.clock.skip()
    assert engine.clock.utc - begun == timedelta(hours=1)
    while engine.clock.skip():
        pass
    assert run.result()["sent"] == 3


def test_time_can_be_told_to_go_on_until_a_moment(engine):
    moment = engine.clock.utc + timedelta(hours=2)
    run = engine.start("kit_reminder")

    engine.clock.advance_to(moment)

    assert engine.clock.utc == moment
    assert run.result()["sent"] == 3


def test_time_does_not_go_back(engine):
    with pytest.raises(ValueError, match="cannot pass"):
        engine.clock.advance(timedelta(seconds=-1))
    with pytest.raises(ValueError, match="cannot pass"):
        engine.clock.advance(-1)


def test_a_run_that_never_lets_time_pass_is_told(engine):
    engine.start("kit_endless")

    with pytest.raises(EndlessError, match="sleep for no time"):
        engine.clock.advance(1)


def test_a_result_that_no_waiting_brings_is_told_at_once(engine):
    run = engine.start("kit_order", order_id=7)

    with pytest.raises(ResultTimeoutError, match="waiting at 'ask'.*let time pass"):
        run.result()
    with pytest.raises(ResultTimeoutError, match="waiting for signal 'payment'"):
        run.result(timeout=60)


def test_engines_may_share_a_clock_which_forgets_them_when_they_are_closed():
    clock = Clock()
    with Sandbox(registry=REGISTRY, clock=clock) as one:
        run = one.start("kit_reminder")
        with Sandbox(registry=REGISTRY, clock=clock) as two:
            other = two.start("kit_reminder", most=2)
            clock.advance(hours=1)
            assert other.result()["sent"] == 2
        clock.advance(hours=1)
        assert run.result()["sent"] == 3


# -- the shared engine -----------------------------------------------------------------------
def test_the_shared_engine_runs_steps_at_once_when_it_is_told_to(monkeypatch):
    """S003-54, S003-55."""
    monkeypatch.delenv("PERDURE_STORE", raising=False)
    engine = DefaultEngine()

    assert engine.set_executor(SynchronousExecutor()) is None
    engine.get().registry.add(REGISTRY.get("kit_order"))
    run = engine.start("kit_order", order_id=7)

    assert engine.get().config.store == ":memory:"
    assert run.refresh_from_db().status == "waiting"
    engine.close()


def test_each_call_begins_with_an_empty_store(monkeypatch):
    monkeypatch.delenv("PERDURE_STORE", raising=False)
    engine = DefaultEngine()
    first = SynchronousExecutor()
    engine.set_executor(first)
    engine.get().registry.add(REGISTRY.get("kit_order"))
    engine.start("kit_order", order_id=7)

    assert engine.set_executor(SynchronousExecutor()) is first
    assert engine.runs() == []
    engine.close()


def test_a_store_that_is_named_is_the_one(monkeypatch, tmp_path):
    monkeypatch.setenv("PERDURE_STORE", str(tmp_path / "named.db"))
    engine = DefaultEngine()
    engine.set_executor(SynchronousExecutor())

    assert engine.get().config.path == tmp_path / "named.db"
    engine.set_executor(SynchronousExecutor(clock=Clock()))
    assert engine.get().config.path is None
    engine.close()


def test_the_shared_engine_may_go_by_a_clock():
    """S003-52: `process_scheduled` fires what is due, and nothing else."""
    clock = Clock()
    engine = DefaultEngine()
    engine.set_executor(SynchronousExecutor(clock=clock))
    engine.get().registry.add(REGISTRY.get("kit_reminder"))
    run = engine.start("kit_reminder", most=2)

    engine.process_scheduled()
    assert run.refresh().status == "waiting"
    clock.jump(3600.0)
    assert run.refresh().status == "waiting"
    engine.process_scheduled()
    assert run.refresh().status == "completed"
    engine.close()


def test_a_rate_goes_by_the_virtual_clock():
    mailer = flow("mailer", {"send": done}, send={"queue": "mail"})
    with Sandbox(registry=Registry()) as engine:
        engine.queues.set("mail", rate="1/min")
        runs = [engine.start(mailer) for _ in range(3)]
        ended = []
        for _ in range(3):
            ended.append([engine.run(run.id).status for run in runs].count("completed"))
            engine.clock.advance(minutes=1)

    assert ended == [1, 2, 3]
