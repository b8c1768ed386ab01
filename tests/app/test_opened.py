"""One store in a process is one engine, however many times it is opened."""

import os
import threading

import pytest

from perdure.app import opened as module
from perdure.app.engine import Engine
from perdure.app.virtual import VirtualClock
from perdure.authoring.registry import Registry
from perdure.config import Config
from perdure.errors import (
    ConfigError,
    EngineClosedError,
    StoreFullError,
    StoreLostError,
    StoreMissingError,
)
from tests.app.scenes import PATIENCE, adding, blocking, until


@pytest.fixture
def registry():
    made = Registry()
    made.add(adding())
    return made


@pytest.fixture
def path(tmp_path):
    return tmp_path / "s.db"


def test_two_engines_over_one_file_share_what_works_on_it(path, registry):
    with Engine(path, registry=registry) as one, Engine(path, registry=registry) as other:
        run = one.start("adding", n=1)

        assert other.process is one.process
        assert other.store is one.store
        assert other.run(run.id).result(PATIENCE) == {"n": 2}


def test_it_is_closed_with_the_last_of_them(path, registry):
    one, other = Engine(path, registry=registry), Engine(path, registry=registry)

    one.close()
    went_on = other.start("adding", n=1).result(PATIENCE)
    with pytest.raises(EngineClosedError):
        one.start("adding", n=1)
    other.close()

    assert went_on == {"n": 2}
    with pytest.raises(StoreLostError, match="closed"):
        other.store.workers()


def test_closing_one_twice_does_not_close_the_other(path, registry):
    one, other = Engine(path, registry=registry), Engine(path, registry=registry)

    one.close()
    one.close()

    assert other.start("adding", n=1).result(PATIENCE) == {"n": 2}
    other.close()


def test_a_file_is_known_by_what_it_is_and_not_by_its_name(path, registry, tmp_path):
    link = tmp_path / "link.db"
    with Engine(path, registry=registry) as one:
        link.symlink_to(path)
        with Engine(link, registry=registry) as other:
            assert other.process is one.process


def test_after_the_last_was_closed_it_is_opened_anew(path, registry):
    with Engine(path, registry=registry) as one:
        first = one.process
    with Engine(path, registry=registry) as other:
        assert other.process is not first
        assert other.start("adding", n=1).result(PATIENCE) == {"n": 2}


def test_stores_in_memory_are_each_their_own(registry):
    with (
        Engine(":memory:", registry=registry) as one,
        Engine(":memory:", registry=registry) as other,
    ):
        assert one.process is not other.process
        assert other.runs() == []


def test_an_engine_with_a_worker_makes_the_shared_one_work(path, registry):
    with Engine(path, registry=registry, worker=False) as starter:
        run = starter.start("adding", n=1)
        before = run.refresh().status

        with Engine(path, registry=registry):
            assert (before, run.result(PATIENCE)) == ("running", {"n": 2})


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"registry": Registry()}, "another registry of workflows"),
        ({"inline": True}, r"another way to run steps \(inline\)"),
        ({"durability": "process"}, "another durability"),
        ({"clock": VirtualClock()}, "another clock"),
    ],
)
def test_it_cannot_be_opened_in_another_way_at_the_same_time(path, registry, options, text):
    options = {"registry": registry} | options
    config = Config(store=str(path), durability=options.pop("durability", "full"))
    with Engine(path, registry=registry) as one, pytest.raises(ConfigError, match=text):
        Engine(config=config, **options)

    assert one.store


def test_a_store_that_cannot_be_opened_is_not_held(path, registry):
    with pytest.raises(StoreMissingError):
        Engine(path, registry=registry, create=False)

    with Engine(path, registry=registry) as engine:
        assert engine.runs() == []


def test_what_fails_while_it_opens_closes_the_store(path, registry, monkeypatch):
    def fail(*_args):
        raise StoreFullError("no room")

    with monkeypatch.context() as patch:
        patch.setattr(module.compose.Process, "open", fail)
        with pytest.raises(StoreFullError):
            Engine(path, registry=registry)

    with Engine(path, registry=registry) as engine:
        assert len(engine.store.workers()) == 1


def test_a_store_that_was_lost_is_opened_anew_though_the_old_engine_is_still_there(path, registry):
    lost = Engine(path, registry=registry)
    lost._opened._on_lost(StoreLostError("the disk is gone"))

    with pytest.raises(StoreLostError, match="the disk is gone. Close this engine and open"):
        lost.start("adding", n=1)
    with Engine(path, registry=registry) as engine:
        assert engine.process is not lost.process
        assert engine.start("adding", n=1).result(PATIENCE) == {"n": 2}
        lost.close()
        assert engine.start("adding", n=2).result(PATIENCE) == {"n": 3}


def test_what_cannot_be_handed_back_is_told_and_the_store_is_closed(path, registry, caplog):
    engine = Engine(path, registry=registry)
    engine.process.leave = lambda: (_ for _ in ()).throw(StoreFullError("no room"))

    engine.close()

    assert "could not be handed back" in caplog.text
    with pytest.raises(StoreLostError):
        engine.store.workers()


def test_what_was_reported_is_committed_before_it_closes(path):
    flow, began, go = blocking()
    made = Registry()
    made.add(flow)
    engine = Engine(path, registry=made)
    run = engine.start("blocking")
    began.wait(PATIENCE)
    drive, engine._opened._loop.drive = engine._opened._loop.drive, lambda: None
    engine.process.mailbox.connect(engine.process.crew, engine.process.ledger, lambda: None)
    go.set()
    until(lambda: not engine.process.crew.holding())
    engine.close()

    with Engine(path, registry=made) as again:
        assert drive
        assert again.run(run.id).status == "completed"


def test_in_a_forked_child_the_engine_cannot_be_used_and_the_parents_goes_on(path, registry):
    """gunicorn --preload, multiprocessing: an engine belongs to the process that opened it."""
    with Engine(path, registry=registry) as engine:
        run = engine.start("adding", n=1)
        read, write = os.pipe()
        pid = os.fork()
        if pid == 0:
            said = []
            for use in (lambda: engine.start("adding", n=1), lambda: engine.view(run.id)):
                try:
                    use()
                except (EngineClosedError, StoreLostError) as error:
                    said.append(type(error).__name__)
            engine.close()
            said.append(str(len(module._all)))
            os.write(write, " ".join(said).encode())
            os._exit(0)
        os.waitpid(pid, 0)
        os.close(write)
        with os.fdopen(read) as pipe:
            said = pipe.read()

        assert said == "EngineClosedError StoreLostError 0"
        assert engine.start("adding", n=2).result(PATIENCE) == {"n": 3}
        assert run.result(PATIENCE) == {"n": 2}


def test_a_forked_child_opens_an_engine_of_its_own(path, registry):
    with Engine(path, registry=registry) as engine:
        read, write = os.pipe()
        pid = os.fork()
        if pid == 0:
            with Engine(path, registry=registry) as own:
                run = own.start("adding", n=4)
                os.write(write, f"{run.result(PATIENCE)['n']} {run.id}".encode())
            os._exit(0)
        os.waitpid(pid, 0)
        os.close(write)
        with os.fdopen(read) as pipe:
            number, run = pipe.read().split()

        assert number == "5"
        assert engine.run(run).result(PATIENCE) == {"n": 5}


def test_threads_that_open_it_at_once_open_it_once(path, registry):
    engines = []
    threads = [
        threading.Thread(target=lambda: engines.append(Engine(path, registry=registry)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)

    assert len({id(engine.process) for engine in engines}) == 1
    assert len(engines[0].store.workers()) == 1
    for engine in engines:
        engine.close()
