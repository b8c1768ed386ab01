"""What runs have taken and cost, from the store's rows."""

import pytest

from perdure.app.figures.frames import frame_of
from perdure.app.figures.gathering import PAGE, gather
from perdure.ports.rows import RunFilter
from tests.app.figures.made import flow, sandbox, takes

DAY = 86_400.0
LOOP = {
    "id": "each",
    "type": "loop",
    "iterate_over": "${workflow.input.items}",
    "step": {
        "type": "data_processing",
        "function": "test_figures_take",
        "input": "${loop.current_item}",
    },
}


def gathered(engine, **asked):
    return list(gather(engine.store, frame_of("all", 0.0), RunFilter(**asked)))


def test_attempts_are_told_with_those_that_failed():
    once = {"max_retries": 1, "retry_policy": {"max_retries": 1, "retry_delay_seconds": 5}}
    with sandbox() as engine:
        engine.start(flow(takes("a", 2), takes("b", -1, depends_on=["a"], error_handling=once)))
        engine.clock.advance(10)

        (run,) = gathered(engine)

    assert [(each.step, each.status, each.seconds) for each in run.tries] == [
        ("a", "completed", pytest.approx(2, abs=1e-5)),
        ("b", "failed", pytest.approx(1, abs=1e-5)),
        ("b", "failed", pytest.approx(1, abs=1e-5)),
    ]
    assert run.status == "failed"
    assert run.seconds == pytest.approx(9.0, abs=1e-5)
    assert run.cost == 0.0


def test_items_of_a_loop_are_a_step_of_their_own_and_the_loop_is_their_sum():
    with sandbox() as engine:
        engine.start(flow(LOOP), inputs={"items": [1, 2]})

        (run,) = gathered(engine)

    assert [(each.step, each.path, each.is_sum) for each in run.tries] == [
        ("each[]", "each[0]", False),
        ("each[]", "each[1]", False),
        ("each", "each", True),
    ]
    assert run.tries[2].seconds == pytest.approx(3.0, abs=1e-5)


def test_a_model_is_told_with_its_answer():
    ask = {"id": "ask", "type": "inference", "model": "builtin/sentiment", "input": "I like it."}
    with sandbox() as engine:
        engine.start(flow(ask))

        (run,) = gathered(engine)

    assert run.tries[0].call.model == "builtin/sentiment"


def test_runs_count_where_they_began_the_newest_first():
    with sandbox() as engine:
        made = flow(takes("a", 1))
        for _ in range(3):
            engine.clock.advance(days=1)
            engine.start(made)
        engine.start(flow(takes("a", 1)))
        now = engine.clock.now()

        found = list(
            gather(engine.store, frame_of("last_24_hours", now), RunFilter(workflow=made.name))
        )
        everyone = gathered(engine)

    assert len(found) == 1
    assert len(everyone) == 4
    assert [run.begun for run in everyone] == sorted((run.begun for run in everyone), reverse=True)


def test_all_pages_are_read(monkeypatch):
    monkeypatch.setattr("perdure.app.figures.gathering.PAGE", 2)
    with sandbox() as engine:
        made = flow(takes("a", 0))
        for _ in range(5):
            engine.start(made)

        assert len({run.id for run in gathered(engine)}) == 5
    assert PAGE > 2
