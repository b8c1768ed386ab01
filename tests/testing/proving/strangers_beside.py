"""Strangers' workflows whose effects are done beside their steps: before, in threads, in tasks."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from perdure import complete, get_context, step
from perdure.testing import world
from tests.testing.proving.strangers import Base, key, mails, pair, stripe

airline = world.service("airline")


@pair("an effect in create_context", "effect outside")
def _an_effect_in_create_context():
    class Broken(Base):
        @classmethod
        def create_context(cls):
            return cls.Context(receipt=stripe("charge", key="order-1"))

        @step(start=True)
        def begin(self):
            return complete()

    class Repaired(Base):
        @classmethod
        def create_context(cls):
            return cls.Context(order_id=5)

        @step(start=True)
        def begin(self):
            get_context().receipt = stripe("charge", key=f"order-{get_context().order_id}")
            return complete()

    return Broken, Repaired


@pair("seats from a pool of threads", "done twice")
def _seats_from_a_pool_of_threads():
    class Broken(Base):
        @step(start=True)
        def book(self):
            with ThreadPoolExecutor(3) as pool:
                get_context().done = list(pool.map(lambda s: airline("book", seat=s), "ABC"))
            return complete()

    class Repaired(Base):
        @step(start=True)
        def book(self):
            mine = key()

            def book(seat):
                return airline("book", key=f"{mine}/{seat}", seat=seat)

            with ThreadPoolExecutor(3) as pool:
                get_context().done = list(pool.map(book, "ABC"))
            return complete()

    return Broken, Repaired


@pair("a task that nobody awaits", "effect outside")
def _a_task_that_nobody_awaits():
    async def send(text, key):
        await asyncio.sleep(0)
        mails("mail", text=text, key=key)

    tasks = set()

    class Broken(Base):
        @step(start=True)
        async def mail(self):
            tasks.add(asyncio.ensure_future(send("hello", key())))
            return complete()

    class Repaired(Base):
        @step(start=True)
        async def mail(self):
            await asyncio.gather(send("hello", key()), send("and more", key("/2")))
            return complete()

    return Broken, Repaired
