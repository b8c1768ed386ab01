"""The workflows that are killed: each of their steps says that it begins, and what it came to.

A begin is one line in a file that no crash loses once it is written: only the process dies, not
the machine. `run step visit attempt token nonce`; the nonce is the step's result, too, so that a
committed result is traced to the one execution that it came from.
"""

import asyncio
import os
import random
import secrets
import time
from collections.abc import Callable

from perdure.authoring import plans
from perdure.authoring.registry import Registry, Workflow
from perdure.kernel.directives import Complete, Goto, Next, Outcome, Sleep, Wait
from perdure.kernel.plan import Plan, PlanKind, RetryPolicy, StepPlan
from perdure.ports.executor import Result, Work
from perdure.wire.encoding import decode, encode

PATIENT = RetryPolicy(max_attempts=1_000_000, base_delay=0.0)  # a kill is not the step's fault
CHAIN = ("first", "second", "nap", "ask", "fifth", "last")
WIDE = 6

Say = Callable[[Work, str], None]


class Journal:
    """Where steps say that they begin. One line, one write: lines of two processes do not mix."""

    def __init__(self, path: str) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def say(self, *words: object) -> None:
        os.write(self._file, (" ".join(map(str, words)) + "\n").encode())

    def begins(self, work: Work, nonce: str) -> None:
        self.say("begin", work.run, work.path, work.visit, work.attempt, work.token, nonce)


class Link:
    """A step of the chain, in a thread: it says so, takes a moment, and asks for what comes."""

    is_async = False

    def __init__(self, say: Say, outcome: Outcome) -> None:
        self._say = say
        self._outcome = outcome

    def __call__(self, work: Work) -> Result:
        nonce = secrets.token_hex(6)
        self._say(work, nonce)
        time.sleep(random.random() * 0.004)
        return self.result(work, nonce)

    def result(self, work: Work, nonce: str) -> Result:
        context = decode(work.context)
        context["came"] = [*context.get("came", []), f"{work.path}#{work.visit}"]
        return Result(outcome=self._outcome, context=encode(context), output=encode(nonce))


class AsyncLink(Link):
    """The same on the event loop."""

    is_async = True

    async def __call__(self, work: Work) -> Result:
        nonce = secrets.token_hex(6)
        self._say(work, nonce)
        await asyncio.sleep(random.random() * 0.004)
        return self.result(work, nonce)


class Node:
    """A step of the graph."""

    is_async = True

    def __init__(self, say: Say) -> None:
        self._say = say

    async def __call__(self, work: Work) -> Result:
        nonce = secrets.token_hex(6)
        self._say(work, nonce)
        await asyncio.sleep(random.random() * 0.004)
        return Result(outcome=Next(), output=encode(nonce))


def chain(say: Say) -> Workflow:
    """Six steps one after the other: threads, coroutines, a sleep, and a wait that times out."""
    outcomes: dict[str, Outcome] = {
        "first": Goto("second"),
        "second": Goto("nap"),
        "nap": Sleep(0.01, "ask"),
        "ask": Wait(name="never", timeout=0.01, on_timeout="fifth"),
        "fifth": Goto("last"),
        "last": Complete(),
    }
    kinds = {"first": Link, "nap": Link, "last": Link}
    bodies = {name: kinds.get(name, AsyncLink)(say, asked) for name, asked in outcomes.items()}
    steps = tuple(
        StepPlan(name=name, retry=PATIENT, lane="async" if body.is_async else "thread")
        for name, body in bodies.items()
    )
    plan = plans.seal(Plan(workflow="chain", steps=steps, start="first"))
    return Workflow(plan=plan, bodies=bodies, begin=lambda inputs: encode(dict(inputs)))


def web(say: Say) -> tuple[Workflow, Node]:
    """Steps beside each other between a first and a last one."""
    wide = [f"w{number}" for number in range(WIDE)]
    options = {"kind": "node", "lane": "async", "retry": PATIENT}
    steps = (
        StepPlan(name="top", **options),
        *(StepPlan(name=name, needs=("top",), **options) for name in wide),
        StepPlan(name="end", needs=tuple(wide), **options),
    )
    plan = plans.seal(Plan(workflow="web", kind=PlanKind.GRAPH, steps=steps))
    return Workflow(plan=plan, begin=lambda inputs: encode(dict(inputs))), Node(say)


def registry(journal: Journal) -> Registry:
    """Return what a process hosts that is going to be killed."""
    made = Registry()
    made.add(chain(journal.begins))
    flow, node = web(journal.begins)
    made.add(flow)
    made.add_kind("node", lambda _plan, _step: node)
    return made
