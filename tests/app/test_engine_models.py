"""Hosted models in a real engine, answered by local servers: what a run records and costs."""

import threading
import time

import pytest

from perdure.app import kinds
from perdure.app.engine import Engine
from perdure.app.shown import show
from perdure.authoring.graphs.loader import load_definition
from perdure.authoring.registry import Registry
from perdure.errors import InvalidValueError, RunFailedError
from tests.crash.spender import CENTS, settle_in
from tests.packs.inference.hosted.servers import KEY, Refuses, Says, always, openai_api

PATIENCE = 30.0
NO_WAIT = {"retry_policy": {"max_retries": 3, "retry_delay_seconds": 0}}


@pytest.fixture
def engine(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("A_KEY", KEY)
    kinds._makers.cache_clear()  # settings are read once in a process
    with Engine(tmp_path / "s.db", registry=Registry()) as made:
        yield made
    kinds._makers.cache_clear()


def asking(model="local/m", *, parameters=None, **more):
    ask = {
        "id": "ask", "type": "inference", "model": model, "input": "Why ${workflow.input.what}?",
        "parameters": {"max_tokens": 20, **(parameters or {})},
    }  # fmt: skip
    flow, _ = load_definition({"name": "asking-models", "steps": [ask], **more})
    return flow


def serving(rule, folder, **more):
    """Serve a model `m` that `perdure.toml` in the folder names."""
    from contextlib import contextmanager

    @contextmanager
    def scene():
        with openai_api(rule, models=("m", "cheap")) as service:
            settle_in(folder, service.site.url("/v1"), **more)
            yield service

    return scene()


def meta_of(engine, run):
    return show(engine.store, run.id).steps[0].meta


def test_a_run_records_who_answered_and_what_it_cost(engine, tmp_path):
    """S004-28, A004-20, A004-24."""
    with serving(always(Says("Because.")), tmp_path) as service:
        run = engine.start(asking(), what="not")
        assert run.result(PATIENCE) == "Because."
        shown = show(engine.store, run.id)

    meta = shown.steps[0].meta
    assert (meta["model"], meta["model_used"], meta["provider"]) == ("local/m", "m", "local")
    assert meta["usage"] == {"input_tokens": 12, "output_tokens": 3}
    assert meta["cost"] == pytest.approx(CENTS)
    assert shown.cost.total == pytest.approx(CENTS)
    assert service.count == 1


def test_every_attempt_is_one_request(engine, tmp_path):
    """S004-59: the engine's retries are the only ones."""

    def twice_not(_body, number):
        return Refuses(503, "server_error", "busy") if number < 3 else Says("At last.")

    with serving(twice_not, tmp_path) as service:
        run = engine.start(asking(error_handling=NO_WAIT), what="not")
        assert run.result(PATIENCE) == "At last."
        (step,) = show(engine.store, run.id).steps

    assert step.attempt == service.count == 3


def test_a_missing_model_leads_to_the_one_that_stands_in(engine, tmp_path):
    """A004-20: the answering model is recorded."""
    table = {"fallback_models": {"gone/x": "local/unheard-of", "local/unheard-of": "local/m"}}
    with serving(always(Says("Here.")), tmp_path) as service:
        run = engine.start(asking("gone/x", error_handling=table), what="not")
        assert run.result(PATIENCE) == "Here."
        meta = meta_of(engine, run)

    assert (meta["model"], meta["model_used"]) == ("gone/x", "m")
    assert len(meta["tried"]) == 2
    assert service.count == 2


def test_a_paid_answer_that_cannot_be_used_is_part_of_what_the_run_cost(engine, tmp_path):
    schema = {"type": "object", "required": ["n"]}
    with serving(always(Says("no JSON")), tmp_path):
        run = engine.start(asking(parameters={"output_schema": schema}), what="not")
        with pytest.raises(RunFailedError, match="no JSON"):
            run.result(PATIENCE)
        cost = show(engine.store, run.id).cost

    assert cost.total == pytest.approx(CENTS)


def paused(engine, run):
    until = time.monotonic() + PATIENCE
    while not run.refresh().paused:
        assert time.monotonic() < until, run.status
        time.sleep(0.01)
    return run


def test_a_run_is_paused_where_its_next_call_is_too_much_and_goes_on_with_more(engine, tmp_path):
    with serving(always(Says("Yes.")), tmp_path) as service:
        run = paused(engine, engine.start(asking(budget={"max_cost": 0.001}), what="not"))
        (step,) = show(engine.store, run.id).steps
        assert service.count == 0
        assert step.failures[0].error["kind"] == "budget_exceeded"

        engine.budgets.set(run=run.id, max_cost=1)
        engine.resume(run.id)
        assert run.result(PATIENCE) == "Yes."

    assert engine.budgets.spent(run=run.id) == pytest.approx(CENTS)


def test_a_run_stops_where_that_is_asked_for(engine, tmp_path):
    with serving(always(Says("Yes.")), tmp_path) as service:
        budget = {"max_cost": 0.001, "on_budget": "stop"}
        run = engine.start(asking(budget=budget), what="not")
        with pytest.raises(RunFailedError, match="budget_exceeded|may spend"):
            run.result(PATIENCE)

    assert service.count == 0


def test_a_run_degrades_to_a_model_that_costs_nothing(engine, tmp_path):
    table = {"fallback_models": {"local/m": "builtin/key-phrases"}}
    budget = {"max_cost": 0.001, "on_budget": "degrade"}
    with serving(always(Says("Yes.")), tmp_path) as service:
        flow = asking(budget=budget, error_handling=table)
        run = engine.start(flow, what="do durable workflows survive a crash of the machine")
        run.result(PATIENCE)

    assert meta_of(engine, run)["model_used"] == "builtin/key-phrases"
    assert service.count == 0


def test_all_runs_of_a_workflow_share_its_budget(engine, tmp_path):
    with serving(always(Says("Yes.")), tmp_path):
        engine.budgets.set(workflow="asking-models", max_cost=0.12, on_budget="stop")
        first = engine.start(asking(), what="not")
        first.result(PATIENCE)
        runs = [engine.start(asking(), what="not") for _ in range(6)]
        ends = []
        for run in runs:
            try:
                ends.append(run.result(PATIENCE))
            except RunFailedError:
                ends.append(None)

    assert ends.count(None) > 0
    assert engine.budgets.spent(workflow="asking-models") <= 0.12


def test_a_service_is_asked_no_more_often_than_its_rate_says(engine, tmp_path):
    moments = []
    lock = threading.Lock()

    def noted(_body, _number):
        with lock:
            moments.append(time.monotonic())
        return Says("Yes.")

    with serving(noted, tmp_path, rate='"5/s"'):
        engine.start(asking(), what="not").result(PATIENCE)  # what is loaded once has been
        runs = [engine.start(asking(), what="not") for _ in range(5)]
        for run in runs:
            run.result(PATIENCE)

    assert len(moments) == 6
    assert max(moments) - min(moments) >= 5 / 5 - 0.5


def test_a_start_may_say_what_its_run_may_spend(engine, tmp_path):
    with serving(always(Says("Yes.")), tmp_path) as service:
        run = engine.start(
            asking(), inputs={"what": "not"}, max_cost=0.001, on_budget="stop", idempotency_key="k"
        )
        with pytest.raises(RunFailedError, match="may spend"):
            run.result(PATIENCE)
        engine.start(asking(), inputs={"what": "not"}, max_cost=5.0, idempotency_key="k")

    assert service.count == 0
    assert [(each.run, each.max_cost) for each in engine.budgets.list()] == [(run.id, 0.001)]


def test_what_a_run_may_spend_is_an_amount(engine):
    with pytest.raises(InvalidValueError, match="max_cost"):
        engine.start(asking(), inputs={"what": "x"}, max_cost="much")
    with pytest.raises(InvalidValueError, match="max_cost"), engine.transaction() as block:
        engine.start(asking(), inputs={"what": "x"}, max_cost=1, transaction=block)
