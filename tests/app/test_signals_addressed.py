"""Signals that are narrowed, kept in the mailbox, sent once, refused, or start their runs."""

import pytest
from pydantic import BaseModel

from perdure import complete, get_context, step, wait
from perdure.app.engine import Engine
from perdure.authoring.registry import Registry
from perdure.authoring.steps.compiler import compile_class
from perdure.config import Config
from perdure.errors import InvalidValueError
from tests.app.scenes import PATIENCE, until


class Paid(BaseModel):
    amount: int


class Order:
    class Context(BaseModel):
        order: int
        amount: int = 0

    @step(start=True)
    def ask(self):
        return wait.for_signal("paid", key=get_context().order, accepts=Paid)

    @step()
    def done(self):
        return complete()


class Held(Order):
    @step(start=True)
    def ask(self):
        return wait.for_signal("paid", then=self.done)


REGISTRY = Registry()
REGISTRY.add(compile_class(Order, "order"))
REGISTRY.add(compile_class(Held, "held"))


@pytest.fixture(params=["memory", "file"])
def path(request, tmp_path):
    return ":memory:" if request.param == "memory" else str(tmp_path / "s.db")


@pytest.fixture
def engine(path):
    with Engine(path, registry=REGISTRY, worker=True) as engine:
        yield engine


def waiting(engine, name, order):
    run = engine.start(name, order=order)
    until(lambda: run.refresh().status == "waiting")
    return run


# -- match and payloads --------------------------------------------------------------------------
def test_a_match_narrows_a_broadcast_to_runs_whose_context_has_it(engine):
    one, two = waiting(engine, "held", 1), waiting(engine, "held", 2)

    answer = engine.signal("paid", {"amount": 5}, match={"order": 2})
    nobody = engine.signal("paid", match={"order": "1"})

    assert (answer.woken, answer.warning, nobody.woken) == ((two.id,), "", ())
    assert two.result(PATIENCE)["amount"] == 5
    assert one.refresh().status == "waiting"


def test_a_run_that_is_addressed_and_does_not_match_refuses(engine):
    run = waiting(engine, "held", 1)

    answer = engine.signal("paid", run_id=run.id, match={"order": 2})

    assert answer.refused == ((run.id, "its context has not the 'order' that the signal is for"),)


@pytest.mark.parametrize("match", [{}, "order", {"order": [1]}, {"order": object()}])
def test_what_cannot_match_is_refused(engine, match):
    with pytest.raises(InvalidValueError, match="match"):
        engine.signal("paid", match=match)


def test_a_broadcast_says_who_refused_it_and_they_go_on_waiting(engine):
    held, order = waiting(engine, "held", 1), waiting(engine, "order", 1)

    wrong = engine.signal("paid", {"amount": "much"})
    half = engine.signal("paid", {})

    assert {run for run, _ in wrong.refused} == {held.id, order.id}
    assert 'amount: "much" is not of type "integer"' in wrong.refused[0][1]
    assert (half.woken, half.refused) == (
        (held.id,),
        ((order.id, '"amount" is a required property'),),
    )
    assert order.refresh().status == "waiting"


def test_a_signal_within_a_transaction_is_looked_at_before_it_is_written(engine):
    run = waiting(engine, "order", 1)

    with engine.transaction() as tx:
        fresh = engine.start("order", order=3, transaction=tx)
        for to in (run.id, fresh.id):
            with pytest.raises(InvalidValueError, match="would refuse signal 'paid': amount"):
                engine.signal("paid", {"amount": "x"}, run_id=to, transaction=tx)
        engine.signal("paid", {"amount": 3}, run_id=run.id, key=1, transaction=tx)

    assert run.result(PATIENCE)["amount"] == 3


# -- the mailbox ---------------------------------------------------------------------------------
def test_a_signal_with_a_key_waits_for_the_run_that_waits_with_it(engine):
    first = engine.signal("paid", {"amount": 7}, key=42)
    other = engine.signal("paid", {"amount": 8}, key=43)

    run = engine.start("order", order=42)

    assert (first.mailed, other.mailed, len(first)) == (True, True, 0)
    assert run.result(PATIENCE)["amount"] == 7
    assert [letter.key for letter in engine.store.letters(9)] == ["43"]


def test_what_the_wait_does_not_accept_is_dropped_there_and_the_next_one_taken(engine):
    engine.signal("paid", {}, key=42)
    engine.signal("paid", {"amount": 8}, key=42)

    assert engine.start("order", order=42).result(PATIENCE)["amount"] == 8


def test_it_is_kept_for_as_long_as_the_setting_says(tmp_path):
    config = Config(store=str(tmp_path / "s.db"), mailbox_seconds=0.0)
    with Engine(config=config, registry=REGISTRY, worker=True) as engine:
        assert engine.signal("paid", {"amount": 7}, key=42).mailed

        run = waiting(engine, "order", 42)

        assert run.refresh().status == "waiting"


# -- once ----------------------------------------------------------------------------------------
def test_a_broadcast_with_a_key_of_its_own_is_sent_once(engine):
    one = waiting(engine, "held", 1)

    first = engine.signal("paid", {"amount": 1}, idempotency_key="a")
    one.result(PATIENCE)
    two = waiting(engine, "held", 2)
    again = engine.signal("paid", {"amount": 1}, idempotency_key="a")

    assert (first.woken, again.woken, again.repeated) == ((one.id,), (), True)
    assert "was sent before" in again.warning
    assert two.refresh().status == "waiting"


# -- with a start --------------------------------------------------------------------------------
def test_a_signal_starts_its_run_if_none_has_the_key_and_finds_it_if_one_has(engine):
    first = engine.signal_with_start("held", "paid", {"amount": 1}, unique_key="o1", order=1)
    assert first.started is not None
    assert engine.run(first.started).result(PATIENCE) == {"order": 1, "amount": 1}

    run = engine.start("held", order=2, unique_key="o1")
    until(lambda: run.refresh().status == "waiting")
    second = engine.signal_with_start("held", "paid", {"amount": 2}, unique_key="o1", order=9)

    assert (second.started, second.woken) == (None, (run.id,))
    assert run.result(PATIENCE) == {"order": 2, "amount": 2}


def test_under_an_idempotency_key_a_run_that_has_ended_refuses(engine):
    first = engine.signal_with_start("held", "paid", idempotency_key="i", order=1)
    engine.run(first.started).result(PATIENCE)

    again = engine.signal_with_start("held", "paid", idempotency_key="i", order=1)

    assert again.refused == ((first.started, "the run is completed"),)


def test_the_signal_has_a_key_of_its_own(engine):
    asked = {"unique_key": "o1", "signal_key": "s", "order": 1}
    run = waiting(engine, "order", 1)
    held = engine.start("order", order=7, unique_key="o1")

    first = engine.signal_with_start("order", "later", {}, **asked)
    again = engine.signal_with_start("order", "later", {}, **asked)

    assert (first.kept, again.repeated) == ((held.id,), True)
    assert run.refresh().status == "waiting"


def test_what_its_run_would_refuse_starts_none_and_so_does_a_start_without_a_key(engine):
    with pytest.raises(InvalidValueError, match="a new run would refuse signal 'paid': amount"):
        engine.signal_with_start("held", "paid", {"amount": "x"}, unique_key="k", order=1)
    with pytest.raises(InvalidValueError, match="needs a unique_key or an idempotency_key"):
        engine.signal_with_start("held", "paid", order=1)

    assert engine.runs() == []


def test_of_many_that_come_at_once_one_starts_the_run_and_all_reach_it(engine):
    from concurrent.futures import ThreadPoolExecutor

    def send(number):
        return engine.signal_with_start(
            "held", f"said-{number}", {}, unique_key="k", order=1, signal_key=str(number)
        )

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(8)))

    (run,) = engine.runs()
    assert sum(answer.started is not None for answer in answers) == 1
    assert {answer.started or answer.kept[0] for answer in answers} == {run.id}
