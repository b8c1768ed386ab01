"""What some cases look at inside the engine: its parts, its commits, and plans made by hand."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import apsw

from benchmarks.harness.parts import Parts
from perdure import Engine
from perdure.app.views import Run
from perdure.authoring import plans
from perdure.authoring.registry import Workflow
from perdure.errors import StoreBusyError
from perdure.executors.invoke import invoke_async
from perdure.kernel.advance import advance
from perdure.kernel.directives import Next
from perdure.kernel.plan import Plan, PlanKind, StepPlan
from perdure.ports.executor import Body, Result, Work
from perdure.runtime.crew import Crew
from perdure.runtime.draft import Draft
from perdure.runtime.effects import write
from perdure.runtime.ledger import Ledger
from perdure.runtime.records import dump_message
from perdure.runtime.slots import Slots
from perdure.stores.rows import encode_rows
from perdure.stores.sqlite.store import SqliteStore, SqliteTransaction

PARTS = ("kernel", "effects", "sql", "invoke", "queue", "caller")


def watch(parts: Parts) -> None:
    """Count CPU time by part from now on: to be called before an engine is opened."""
    parts.wrap_function("kernel", advance, "perdure")
    for function in (write, dump_message, encode_rows):
        parts.wrap_function("effects", function, "perdure")
    parts.wrap_method("effects", Draft, "finish")
    for method in ("load", "apply"):
        parts.wrap_method("sql", SqliteTransaction, method)
    parts.wrap_method("sql", SqliteStore, "load")
    parts.wrap_opening("sql", SqliteStore, "transaction")  # the turn, BEGIN, COMMIT
    parts.wrap_function("invoke", invoke_async, "perdure")
    for method in ("begin", "done", "let_go"):
        parts.wrap_method("queue", Crew, method)
    parts.wrap_method("queue", Slots, "reserve")
    parts.wrap_method("queue", Ledger, "put")
    parts.wrap_method("caller", Engine, "_birth")
    parts.wrap_method("caller", Run, "result")


class CommitTimes:
    """How long each commit of the ledger took, from the first try for its turn to its end."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self._waits_since: float | None = None
        self._transaction: Callable[..., AbstractContextManager[Any]] = SqliteStore.transaction
        setattr(SqliteStore, "transaction", contextmanager(self._timed))  # noqa: B010 - typed so

    def _timed(self, store: SqliteStore, **how: bool) -> Iterator[Any]:
        began = self._waits_since or time.perf_counter()
        try:
            with self._transaction(store, **how) as open_:
                yield open_
        except StoreBusyError:
            self._waits_since = began  # tried again, by the thread that waits
            raise
        self._waits_since = None
        self.seconds.append(time.perf_counter() - began)


class SliceTimes:
    """How long each slice of a broadcast held the writer, its forced write with it."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self._deliver = SqliteStore.deliver
        setattr(SqliteStore, "deliver", lambda *given: self._timed(*given))  # noqa: B010, PLW0108

    def _timed(self, *given: Any) -> Any:
        began = time.perf_counter()
        try:
            return self._deliver(*given)
        finally:
            self.seconds.append(time.perf_counter() - began)


def rows_changed() -> int:
    """Return how many rows all connections of this process have changed so far."""
    return sum(connection.total_changes() for connection in apsw.connections())


class _AsyncBody:
    is_async = True

    async def __call__(self, work: Work) -> Result:  # noqa: ARG002
        return _result()


class _PlainBody:
    is_async = False

    def __call__(self, work: Work) -> Result:  # noqa: ARG002
        return _result()


def _result() -> Result:
    return Result(outcome=Next(), output="1")


def wide(engine: Engine, width: int, lane: str) -> Workflow:
    """Return a graph of so many steps beside each other, and one that needs them all."""
    kind = f"bench-{lane}"
    body: Body = _AsyncBody() if lane == "async" else _PlainBody()
    engine.registry.add_kind(kind, lambda _plan, _step: body)
    names = tuple(f"step_{number}" for number in range(width))
    steps = [StepPlan(name=name, kind=kind, lane=lane) for name in names]
    join = StepPlan(name="join", kind=kind, lane=lane, needs=names)
    plan = Plan(workflow=f"wide_{width}_{lane}", kind=PlanKind.GRAPH, steps=(*steps, join))
    return Workflow(plan=plans.seal(plan), begin=lambda _inputs: "{}")
