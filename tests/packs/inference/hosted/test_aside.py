"""The loop that all requests share."""

import asyncio
import threading

import pytest

from perdure.packs.inference.hosted.aside import Aside


@pytest.fixture
def aside():
    made = Aside()
    yield made
    made.close()


def test_a_thread_gets_what_the_coroutine_returns(aside):
    async def answer():
        await asyncio.sleep(0)
        return 42

    assert aside.run(answer) == 42


def test_what_the_coroutine_raises_is_raised_to_the_thread(aside):
    async def answer():
        raise KeyError("x")

    with pytest.raises(KeyError):
        aside.run(answer)


def test_all_threads_share_one_loop(aside):
    async def loop():
        return asyncio.get_running_loop()

    found = []
    threads = [threading.Thread(target=lambda: found.append(aside.run(loop))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(map(id, found))) == 1


def test_one_that_never_began_can_be_closed():
    Aside().close()


def test_it_begins_again_after_its_end(aside):
    async def answer():
        return 1

    assert aside.run(answer) == 1
    aside.close()
    assert aside.run(answer) == 1
