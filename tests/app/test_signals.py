"""Signals as callers send them, and what they are told came of them."""

import threading
from dataclasses import replace

import pytest

from perdure.app import signals as module
from perdure.app.signals import SignalAnswer
from perdure.authoring.plans import seal
from perdure.errors import InvalidValueError, RunNotFoundError
from perdure.kernel.directives import Goto, Wait
from perdure.ports.executor import Result
from tests.app.scenes import PATIENCE, asking, done, engine_of, flow, until


def keyed(key):
    """Waits for `answer` under a key."""

    def ask(_work):
        return Result(outcome=Wait(name="answer", key=key, then="take"))

    return flow("keyed", {"ask": ask, "take": done})


def waits(engine, run):
    until(lambda: run.refresh().status == "waiting")


def test_an_answer_counts_the_runs_that_have_the_signal():
    assert len(SignalAnswer(("a",), ("b", "c"), (("d", "why"),))) == 3


def test_a_signal_to_an_unknown_run_says_so():
    with engine_of(asking()) as engine, pytest.raises(RunNotFoundError, match="run_x"):
        engine.signal("answer", run_id="run_x")


def test_a_key_reaches_the_wait_that_has_it():
    with engine_of(keyed("k")) as engine:
        run = engine.start("keyed")
        waits(engine, run)

        wrong = engine.signal("answer", {"n": 1}, key="other")
        right = engine.signal("answer", {"n": 2}, key="k")

        assert (len(wrong), right.woken) == (0, (run.id,))
        assert run.result(PATIENCE) == {"n": 2}


def test_a_key_narrows_a_signal_to_one_run():
    with engine_of(keyed("k")) as engine:
        run = engine.start("keyed")
        waits(engine, run)

        answer = engine.signal("answer", {"n": 1}, run_id=run.id, key="other")

        assert answer.kept == (run.id,)
        assert run.refresh().status == "waiting"


def test_a_broadcast_is_kept_where_its_wait_may_come_and_woken_counts_apart():
    held, go = threading.Event(), threading.Event()

    def ask(_work):
        held.set()
        go.wait(PATIENCE)
        return Result(outcome=Wait(name="answer", then="take"))

    late = flow(
        "late", {"ask": ask, "take": done}, ask={"waits": ("answer",), "coming": ("answer",)}
    )
    with engine_of(asking(), late) as engine:
        first = engine.start("asking")
        waits(engine, first)
        second = engine.start("late")
        held.wait(PATIENCE)

        answer = engine.signal("answer", {"n": 3})
        go.set()

        assert (answer.woken, answer.kept) == ((first.id,), (second.id,))
        assert second.result(PATIENCE) == {"n": 3}


def test_a_broadcast_can_be_for_one_workflow():
    with engine_of(asking(), keyed(None)) as engine:
        runs = [engine.start("asking"), engine.start("keyed")]
        for run in runs:
            waits(engine, run)

        assert engine.signal("answer", workflow="keyed").woken == (runs[1].id,)


def test_what_became_of_a_signal_is_known_also_in_a_very_long_history():
    """A poller that has lived for ever has more messages behind it than are read at once."""

    def step(work):
        if work.visit < 1200:
            return Result(outcome=Goto("ask"))
        return Result(outcome=Wait(name="answer", then="take"))

    loop = flow("loop", {"ask": step, "take": done}, lane="thread")
    with engine_of(loop) as engine:
        run = engine.start("loop")
        until(lambda: run.refresh().status == "waiting")

        answer = engine.signal("answer", {"n": 1}, run_id=run.id)

        assert answer.woken == (run.id,)


def test_a_run_that_was_cancelled_refuses_a_signal():
    with engine_of(asking()) as engine:
        run = engine.start("asking")
        waits(engine, run)
        engine.cancel(run.id)

        assert engine.signal("answer", run_id=run.id).refused == ((run.id, "the run is cancelled"),)


def test_a_run_that_ends_while_the_signal_comes_refuses_it(monkeypatch):
    """It was live when it was looked at, and the message finds it ended."""
    with engine_of(asking()) as engine:
        run = engine.start("asking")
        waits(engine, run)
        put = engine.store.put

        def cancelled_first(rows):
            engine.cancel(run.id)
            return put(rows)

        monkeypatch.setattr(engine.store, "put", cancelled_first, raising=False)
        answer = engine.signal("answer", run_id=run.id)

        assert answer.refused == ((run.id, "the run has ended or is being cancelled"),)


@pytest.mark.parametrize(
    "asked",
    [{"name": "a\x00"}, {"key": "a\x00"}, {"idempotency_key": "\ud800"}],
)
def test_a_name_or_key_that_no_store_keeps_is_refused(asked):
    with engine_of(asking(), worker=False) as engine:
        run = engine.start("asking")

        with pytest.raises(InvalidValueError):
            engine.signal(**{"name": "answer", "run_id": run.id} | asked)


def test_a_broadcast_with_a_name_that_no_store_keeps_is_refused():
    with engine_of(asking()) as engine, pytest.raises(InvalidValueError):
        engine.signal("a\x00")


def test_a_caller_does_not_wait_for_ever_for_a_store_that_hangs(monkeypatch):
    """The signal is accepted, and will be applied: that is all that can be said."""
    monkeypatch.setattr(module, "WAIT_SECONDS", 0.03)
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.01)
    with engine_of(asking()) as engine:
        run = engine.start("asking")
        waits(engine, run)
        monkeypatch.setattr(engine.process.ledger, "put", lambda _envelope: None)

        answer = engine.signal("answer", {"n": 1}, run_id=run.id)

        assert answer.kept == (run.id,)


def test_a_payload_that_does_not_fit_is_refused_and_uses_up_no_key():
    """A003-7: the sender is told, the run waits on, and the right payload may come after."""
    asks = asking()
    schema = '{"properties":{"n":{"type":"integer"}},"type":"object"}'
    asks = replace(asks, plan=seal(replace(asks.plan, schema=schema)))
    with engine_of(asks) as engine:
        run = engine.start("asking")
        waits(engine, run)

        wrong = engine.signal("answer", {"n": "one"}, run_id=run.id, idempotency_key="k")
        right = engine.signal("answer", {"n": 1}, run_id=run.id, idempotency_key="k")

        assert wrong.refused == ((run.id, 'n: "one" is not of type "integer"'),)
        assert right.woken == (run.id,)
        assert run.result(PATIENCE) == {"n": 1}


def test_a_broadcast_that_reaches_several_runs_says_how_to_reach_one():
    """A003-3."""
    with engine_of(asking()) as engine:
        runs = [engine.start("asking"), engine.start("asking")]
        for run in runs:
            waits(engine, run)

        answer = engine.signal("answer", {"n": 1})

        assert set(answer.woken) == {run.id for run in runs}
        assert answer.warning.startswith("reached 2 runs. To reach one of them")


def test_a_broadcast_that_was_meant_for_several_runs_warns_of_nothing():
    with engine_of(asking()) as engine:
        for run in [engine.start("asking"), engine.start("asking")]:
            waits(engine, run)

        assert engine.signal("answer", workflow="asking").warning == ""


def test_a_broadcast_that_comes_at_another_time_than_its_wait_says_how_to_have_it_kept():
    """A003-4: it is no error; nobody is told of a name that no live run names."""
    later = flow(
        "later",
        {"ask": lambda _work: Result(outcome=Wait(name="answer", then="take")), "take": done},
        take={"waits": ("paid",)},
    )
    with engine_of(later) as engine:
        waits(engine, engine.start("later"))

        named, unnamed = engine.signal("paid"), engine.signal("sold")

        assert (len(named), len(unnamed), unnamed.warning) == (0, 0, "")
        assert named.warning.startswith("reached no run: nobody waits for it now")
