"""Looking at runs: what the users of an engine may rely on."""

import pytest

from perdure.errors import (
    ResultTimeoutError,
    RunNotFoundError,
)
from tests.app.scenes import (
    PATIENCE,
    adding,
    asking,
    engine_of,
    until,
)


@pytest.fixture(params=["memory", "file"])
def path(request, tmp_path):
    return ":memory:" if request.param == "memory" else str(tmp_path / "s.db")


def test_a_run_that_does_not_end_in_time_says_how_it_stands(path):
    with engine_of(asking(), path=path) as engine:
        run = engine.start("asking")
        until(lambda: run.refresh().status == "waiting")

        with pytest.raises(ResultTimeoutError, match="still waiting .* signal 'answer'"):
            run.result(0.02)


def test_an_end_that_nobody_here_was_told_of_is_found_in_the_store(path):
    """Also by who does not wait at all: the store is asked at least once."""
    with engine_of(adding(), path=path) as engine:
        run = engine.start("adding", n=1)
        run.result(PATIENCE)
        stale = engine.run(run.id)
        run.ending.reset()

        assert run.result(timeout=0) == {"n": 2}
        assert stale.result(timeout=0) == {"n": 2}


def test_an_unknown_run_is_not_found_and_it_is_said_how_to_list_them():
    with (
        engine_of(adding()) as engine,
        pytest.raises(RunNotFoundError, match="listed by: perdure runs"),
    ):
        engine.run("run_0")


def test_runs_are_listed_newest_first_and_by_status():
    with engine_of(adding(), asking()) as engine:
        first = engine.start("adding", n=1).wait(PATIENCE)
        second = engine.start("asking")
        until(lambda: second.refresh().status == "waiting")

        assert [view.id for view in engine.runs()] == [second.id, first.id]
        assert [view.id for view in engine.runs(status="completed")] == [first.id]
