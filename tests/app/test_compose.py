"""What an engine is made of."""

import os

from perdure.app import compose
from perdure.authoring.registry import Registry
from perdure.config import Config
from perdure.executors.aio import AsyncExecutor
from perdure.executors.inline import InlineExecutor
from perdure.executors.threads import ThreadExecutor
from perdure.stores.memory import MemoryStore
from perdure.stores.sqlite import SqliteStore


def test_without_a_path_the_store_is_in_memory():
    assert isinstance(compose.open_store(None, Config()), MemoryStore)


def test_a_path_gives_a_database_in_a_folder_that_is_made(tmp_path):
    store = compose.open_store(tmp_path / "new" / "s.db", Config())

    assert isinstance(store, SqliteStore)
    assert (tmp_path / "new" / "s.db").exists()
    store.close()


def test_functions_get_threads_and_coroutines_a_loop():
    config = Config(threads=3, coroutines=4)

    process = compose.make_process(MemoryStore(), Registry(), config, inline=False)

    lanes = process.lanes
    assert isinstance(lanes["thread"][0], ThreadExecutor)
    assert isinstance(lanes["async"][0], AsyncExecutor)
    assert (lanes["thread"][1], lanes["async"][1]) == (3, 4)


def test_an_inline_process_has_one_executor_for_both():
    lanes = compose.make_process(MemoryStore(), Registry(), Config(), inline=True).lanes

    assert isinstance(lanes["thread"][0], InlineExecutor)
    assert lanes["thread"][0] is lanes["async"][0]


def test_this_host_is_named_with_this_process():
    host, pid = compose.this_host()

    assert host
    assert pid == os.getpid()
