"""The engine for coroutines: the same calls, awaited."""

import asyncio
import inspect
import os
import subprocess
import sys
import threading
from datetime import timedelta

import pytest

from perdure import aio
from perdure.app.aio import AsyncEngine, AsyncRun
from perdure.app.engine import Engine
from perdure.errors import ResultTimeoutError, RunFailedError, UnknownWorkflowError
from tests.app.scenes import PATIENCE, adding, asking, engine_of, failing, sleeping, until


@pytest.fixture(params=["memory", "file"])
def engine(request, tmp_path):
    path = ":memory:" if request.param == "memory" else str(tmp_path / "s.db")
    with engine_of(adding(), asking(), failing(1), sleeping(3600), path=path) as made:
        yield AsyncEngine(made)


def run_(coroutine):
    return asyncio.run(asyncio.wait_for(coroutine, 2 * PATIENCE))


def test_a_run_is_started_and_comes_to_its_result(engine):
    async def user():
        run = await engine.start("adding", n=1)
        assert (run.status, run.current_step, run.name) == ("running", "first", "adding")
        return await run.result()

    assert run_(user()) == {"n": 2}


def test_a_signal_is_awaited_like_a_run_that_takes_it(engine):
    async def user():
        run = await engine.start("asking")
        await asyncio.to_thread(until, lambda: run._run.refresh().status == "waiting")
        assert (await run.refresh()).waiting_signal == "answer"
        waits = asyncio.gather(run.wait(), run.result())
        await engine.signal("answer", {"n": 1}, run_id=run.id)
        (ended, result) = await waits
        return ended.status, ended.view.data, result

    assert run_(user()) == ("completed", {"n": 1}, {"n": 1})


def test_more_runs_are_awaited_than_there_are_threads(engine):
    """A run that is waited for holds no thread."""

    async def user():
        runs = await engine.start_many("asking", [{}] * 300)
        waits = [asyncio.ensure_future(run.result()) for run in runs]
        await asyncio.sleep(0.1)
        threads = threading.active_count()
        for run in runs:
            await engine.signal("answer", {"id": run.id}, run_id=run.id)
        return threads, [run.id for run in runs], await asyncio.gather(*waits)

    threads, ids, results = run_(user())

    assert threads < 100
    assert [result["id"] for result in results] == ids


def test_errors_come_as_they_do_without_a_loop(engine):
    async def user():
        with pytest.raises(UnknownWorkflowError):
            await engine.start("nobody")
        failed = await engine.start("failing")
        with pytest.raises(RunFailedError, match="boom 1"):
            await failed.result()
        sleeps = await engine.start("sleeping")
        with pytest.raises(ResultTimeoutError):
            await sleeps.result(timeout=0.05)
        return await engine.cancel(sleeps.id), (await engine.run(sleeps.id)).status

    assert run_(user()) == (True, "cancelled")


def test_what_is_cancelled_is_not_waited_for_and_the_run_goes_on(engine):
    async def user():
        run = await engine.start("asking")
        wait = asyncio.ensure_future(run.result())
        await asyncio.sleep(0.01)
        wait.cancel()
        with pytest.raises(asyncio.CancelledError):
            await wait
        await engine.signal("answer", {"n": 1}, run_id=run.id)
        return await run.result()

    assert run_(user()) == {"n": 1}


def test_an_end_that_another_process_brings_is_seen(engine, monkeypatch):
    """No bell rings for it; it is looked for."""
    monkeypatch.setattr("perdure.app.aio.END_POLL", 0.01)
    monkeypatch.setattr("perdure.app.endings.Ending.ring", lambda _ending: None)

    async def user():
        run = await engine.start("asking")
        wait = asyncio.ensure_future(run.result())
        await asyncio.sleep(0.05)
        await engine.signal("answer", {"n": 1}, run_id=run.id)
        return await wait

    assert run_(user()) == {"n": 1}


def test_schedules_and_queues_are_awaited_and_so_are_the_runs_that_they_begin(engine):
    async def user():
        made = await engine.schedules.create("s", "adding", every=3600, inputs={"n": 1})
        run = await engine.schedules.run_now("s")
        hour = timedelta(hours=1)
        runs = await engine.schedules.backfill("s", made.next_at, made.next_at + hour)
        await engine.queues.set("mail", concurrency=1)
        return (
            await run.result(),
            [await each.result() for each in runs],
            await engine.queues.list(),
        )

    first, rest, queues = run_(user())

    assert (first, rest) == ({"n": 2}, [{"n": 2}, {"n": 2}])
    assert [queue.name for queue in queues] == ["mail"]


def test_every_public_method_of_the_engine_can_be_awaited(engine):
    methods = [
        name
        for name, found in inspect.getmembers(Engine, inspect.isfunction)
        if not name.startswith("_")
    ]

    assert {"start", "signal", "view"} <= set(methods)
    assert all(inspect.iscoroutinefunction(getattr(engine, name)) for name in methods)
    assert inspect.getdoc(AsyncEngine.start) == inspect.getdoc(Engine.start)
    assert engine.registry is engine.engine.registry


def test_an_inline_engine_says_at_once_that_no_waiting_helps():
    async def user():
        async with AsyncEngine(engine_of(asking(), adding(), inline=True)) as engine:
            assert await (await engine.start("adding", n=1)).result() == {"n": 2}
            run = await engine.start("asking")
            with pytest.raises(ResultTimeoutError, match="inline"):
                await run.result()
            return repr(run), engine

    shown, engine = run_(user())

    assert shown.startswith("<Run run_")
    assert engine.closed


def test_the_shared_engine_has_a_twin():
    from perdure import engine

    assert aio.engine.engine is engine
    assert aio.AsyncRun is AsyncRun


def test_the_plain_engine_works_where_a_loop_runs(tmp_path):
    """As in a notebook: its steps run on a loop of their own."""

    async def user():
        with engine_of(adding(), path=str(tmp_path / "s.db")) as engine:
            return engine.start("adding", n=1).result(PATIENCE)

    assert run_(user()) == {"n": 2}


NOTEBOOK = """
import asyncio, sys, warnings
warnings.simplefilter("error")
CELLS = ['''
from perdure import aio, complete, engine, step, workflow

@workflow("cell")
class Cell:
    @step(start=True)
    async def one(self):
        return complete(n=1)
''', '''
first = engine.start("cell").result(10)
''', '''
@workflow("cell")
class Cell:
    @step(start=True)
    async def one(self):
        return complete(n=2)
''', '''
second = engine.start(Cell).result(10)
''']

async def notebook():
    for cell in CELLS:
        exec(compile(cell, "<cell>", "exec"), globals())
    third = await (await aio.engine.start("cell")).result(10)
    print(first, second, third)

asyncio.run(notebook())
"""


def test_cells_of_a_notebook_may_be_run_again(tmp_path):
    """A loop runs, code has no file, and a class is declared again with another body."""
    plain = {k: v for k, v in os.environ.items() if not k.startswith("PERDURE_")}

    done = subprocess.run(
        [sys.executable, "-c", NOTEBOOK], cwd=tmp_path, env=plain,
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert done.stdout == "{'n': 1} {'n': 2} {'n': 2}\n", done.stderr


def test_several_threads_use_one_engine(engine):
    results = {}

    def user(number):
        run = engine.engine.start("asking")
        engine.engine.signal("answer", {"n": number}, run_id=run.id)
        results[number] = run.result(PATIENCE)["n"]

    threads = [threading.Thread(target=user, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)

    assert results == {number: number for number in range(16)}
