"""Runs every attempt at once, in the thread that submits it. For tests and simulation."""

import asyncio

from perdure.executors.invoke import invoke, invoke_async
from perdure.ports.clock import Clock
from perdure.ports.executor import Body, Work
from perdure.ports.mailbox import Mailbox


class InlineExecutor:
    """An executor without threads: when `submit` returns, the report has been put."""

    def __init__(self, mailbox: Mailbox, clock: Clock) -> None:
        self._mailbox = mailbox
        self._clock = clock

    def submit(self, work: Work, body: Body) -> None:
        """Run the attempt and put its report. A coroutine gets a loop of its own."""
        if body.is_async:
            done = asyncio.run(invoke_async(body, work, self._clock))
        else:
            done = invoke(body, work, self._clock)
        self._mailbox.put(done)

    def stop(self, work: Work, how: str) -> None:
        """Do nothing: no attempt runs when this can be called."""

    def close(self, timeout: float) -> None:
        """Do nothing: there is nothing to wait for."""
