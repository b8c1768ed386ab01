"""Starts and signals that take effect together or not at all."""

import pytest

from perdure.app.default import DefaultEngine
from perdure.errors import InvalidValueError, RunNotFoundError, TransactionEndedError
from tests.app.scenes import adding, asking, engine_of, until


@pytest.fixture(params=["file", ":memory:"])
def engine(request, tmp_path):
    path = tmp_path / "p.db" if request.param == "file" else ":memory:"
    with engine_of(adding(), asking(), path=path) as engine:
        yield engine


def waiting(engine):
    run = engine.start("asking")
    until(lambda: engine.view(run.id).waiting_signal)
    return run


def test_runs_are_there_when_the_block_has_ended_and_not_before(engine):
    with engine.transaction() as tx:
        receipts = [engine.start("adding", n=n, transaction=tx) for n in (1, 2)]
        with pytest.raises(RunNotFoundError):
            receipts[0].refresh()

    assert [receipt.status for receipt in receipts] == ["pending", "pending"]
    assert [receipt.result(10)["n"] for receipt in receipts] == [2, 3]


def test_nothing_is_there_where_the_block_raises(engine):
    run = waiting(engine)

    with pytest.raises(ValueError, match="no stock"), engine.transaction() as tx:
        engine.start("adding", n=1, transaction=tx)
        engine.signal("answer", run_id=run.id, transaction=tx)
        raise ValueError("no stock")

    assert [row.id for row in engine.runs()] == [run.id]
    assert engine.view(run.id).waiting_signal == "answer"


def test_a_signal_to_one_run_comes_with_the_rest(engine):
    run = waiting(engine)

    with engine.transaction() as tx:
        receipt = engine.start("adding", n=1, transaction=tx)
        answer = engine.signal("answer", {"ok": True}, run_id=run.id, transaction=tx)

    assert len(answer) == 0
    assert run.result(10)["ok"]
    assert receipt.result(10)["n"] == 2


def test_so_does_a_broadcast(engine):
    runs = [waiting(engine) for _ in range(2)]

    with engine.transaction() as tx:
        engine.signal("answer", {"ok": True}, transaction=tx)

    assert all(run.result(10)["ok"] for run in runs)


def test_a_signal_may_start_its_run_in_it_and_all_with_one_key_have_one_run(engine):
    with engine.transaction() as tx:
        for n in (1, 2):
            answer = engine.signal_with_start(
                "asking", "answer", {"n": n}, unique_key="k", transaction=tx
            )
            assert (answer.started, len(answer)) == (None, 0)
        assert engine.runs() == []

    (run,) = engine.runs()
    assert engine.run(run.id).result(10)["n"] == 1


def test_it_goes_to_the_run_that_has_the_key_by_then(engine):
    with engine.transaction() as tx:
        engine.signal_with_start("asking", "answer", {"n": 1}, unique_key="k", transaction=tx)
        run = engine.start("asking", unique_key="k")

    assert [row.id for row in engine.runs()] == [run.id]
    assert run.result(10)["n"] == 1


def test_it_is_not_there_where_the_block_raises_and_wants_a_key_and_a_transaction(engine):
    with pytest.raises(ValueError, match="no stock"), engine.transaction() as tx:
        engine.signal_with_start("asking", "answer", unique_key="k", transaction=tx)
        raise ValueError("no stock")
    with pytest.raises(InvalidValueError, match="needs a unique_key"), engine.transaction() as tx:
        engine.signal_with_start("asking", "answer", transaction=tx)
    with pytest.raises(InvalidValueError, match="transaction"):
        engine.signal_with_start("asking", "answer", unique_key="k", transaction=7)

    assert engine.runs() == []


def test_what_the_run_would_refuse_is_refused_at_once(engine):
    run = engine.start("asking", idempotency_key="k")
    engine.cancel(run.id)
    why = f"{run.id} would refuse .* the run is cancelled"

    with pytest.raises(InvalidValueError, match=why), engine.transaction() as tx:
        engine.signal_with_start("asking", "answer", idempotency_key="k", transaction=tx)


def test_a_signal_to_nobody_undoes_the_rest(engine):
    with pytest.raises(RunNotFoundError, match="run_nobody"), engine.transaction() as tx:
        engine.start("adding", n=1, transaction=tx)
        engine.signal("answer", run_id="run_nobody", transaction=tx)

    assert engine.runs() == []


def test_an_idempotency_key_that_was_used_leads_to_the_run_that_has_it(engine):
    first = engine.start("adding", n=1, idempotency_key="k")

    with engine.transaction() as tx:
        receipt = engine.start("adding", n=5, idempotency_key="k", transaction=tx)

    assert receipt.refresh().id == first.id
    assert len(engine.runs()) == 1


def test_an_empty_block_is_none(engine):
    with engine.transaction():
        pass

    assert engine.runs() == []


def test_after_the_block_it_is_over(engine):
    with engine.transaction() as tx:
        pass

    with pytest.raises(TransactionEndedError, match="within its block"):
        engine.start("adding", n=1, transaction=tx)
    with pytest.raises(TransactionEndedError):
        engine.signal("answer", transaction=tx)


def test_what_is_no_transaction_is_refused(engine):
    with pytest.raises(InvalidValueError, match=r"engine\.transaction\(\)"):
        engine.start("adding", n=1, transaction=7)


def test_other_work_goes_on_while_a_block_is_open(engine):
    """Nothing is held: a start outside of it is done at once."""
    with engine.transaction():
        assert engine.start("adding", n=1).result(10)["n"] == 2


def test_the_shared_engine_gives_one_too(engine, monkeypatch):
    shared = DefaultEngine()
    monkeypatch.setattr(shared, "get", lambda: engine)

    with shared.transaction() as tx:
        shared.start("adding", n=1, transaction=tx)

    assert len(engine.runs()) == 1
