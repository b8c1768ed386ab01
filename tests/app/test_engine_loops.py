"""Loops of definitions, in a real engine: in memory, and in a file."""

import pytest

from perdure.app.engine import Engine
from perdure.authoring.functions import function
from perdure.authoring.graphs.loader import load_definition
from perdure.authoring.registry import Registry
from perdure.errors import RunFailedError
from perdure.ports.rows import RunFilter

PATIENCE = 60.0
BROKEN: set[int] = set()
DONE: list[int] = []


@function("test_loops_double")
def double(number: int) -> int:
    """Return twice the number, unless it is broken."""
    if number in BROKEN:
        raise ValueError(f"{number} is broken")
    DONE.append(number)
    return 2 * number


def looping(**more):
    each = {
        "id": "each", "type": "parallel_processing", "function": "test_loops_double",
        "input": "${workflow.input.numbers}", **more,
    }  # fmt: skip
    end = {"id": "end", "type": "aggregation", "inputs": {"all": "${each.result}"}}
    flow, _ = load_definition({"name": "doubles", "steps": [each, end]})
    return flow


@pytest.fixture(params=["memory", "file"])
def engine(request, tmp_path):
    BROKEN.clear()
    DONE.clear()
    path = tmp_path / "s.db" if request.param == "file" else None
    with Engine(path, registry=Registry()) as made:
        yield made


def test_a_loop_comes_to_the_list_of_its_items_results(engine):
    run = engine.start(looping(), numbers=list(range(100)))

    assert run.result(PATIENCE) == {"all": [2 * number for number in range(100)]}
    assert sorted(DONE) == list(range(100))


def test_a_failed_item_fails_the_loop_and_a_retry_does_the_rest(engine):
    """A004-10."""
    BROKEN.add(3)
    run = engine.start(looping(parallel=False), numbers=list(range(6)))
    with pytest.raises(RunFailedError, match="'each': .*item 3: 3 is broken"):
        run.result(PATIENCE)
    BROKEN.clear()
    assert list(range(3)) == DONE

    engine.retry(run.id)

    assert run.result(PATIENCE) == {"all": [0, 2, 4, 6, 8, 10]}
    assert list(range(6)) == DONE


def test_failures_are_collected_where_that_is_asked_for(engine):
    BROKEN.add(1)

    run = engine.start(looping(on_item_error="collect"), numbers=[0, 1, 2])

    failed = {"error": {"kind": "error", "message": "1 is broken"}}
    assert run.result(PATIENCE) == {"all": [0, failed, 4]}


def test_a_fork_after_a_loop_has_the_results_of_its_items(engine):
    run = engine.start(looping(), numbers=[1, 2])
    run.result(PATIENCE)

    forked = engine.fork(run.id, "end")

    assert forked.result(PATIENCE) == {"all": [2, 4]}
    assert DONE.count(1) == 1


def test_a_run_that_goes_back_to_a_loop_goes_over_it_anew(engine):
    run = engine.start(looping(), numbers=[1, 2])
    run.result(PATIENCE)

    engine.rewind(run.id, "each")

    assert run.result(PATIENCE) == {"all": [2, 4]}
    assert sorted(DONE) == [1, 1, 2, 2]


def test_a_loop_that_is_cancelled_leaves_nothing_behind(engine):
    run = engine.start(looping(), numbers=list(range(1_000)))
    engine.cancel(run.id)
    run.wait(PATIENCE)

    row = engine.store.load([run.id])[run.id]
    assert row.row.scopes is None
    assert (row.row.status, row.jobs) == ("cancelled", ())
    assert engine.store.find(RunFilter(live=True)) == []
