"""Waits with several ways out, from a class to its end: one way wins, and the next step knows it."""

import pytest
from pydantic import BaseModel

from perdure import (
    children,
    complete,
    get_context,
    start_child,
    step,
    wait,
    woken_by,
)
from perdure.app.engine import Engine
from perdure.authoring.registry import Registry
from perdure.authoring.steps.compiler import compile_class
from perdure.testing import Sandbox
from tests.app.scenes import PATIENCE, until


class Payment(BaseModel):
    amount: int


class Order:
    class Context(BaseModel):
        amount: int = 0
        by: list[str | None] = []

    @step(start=True)
    def ask(self):
        return wait.any(
            wait.for_signal("paid", accepts=Payment, then=self.ship),
            wait.for_signal("cancelled", key="k"),
            timeout=60,
            on_timeout=self.late,
        )

    @step()
    def told(self):
        return complete(by=list(woken_by()))

    @step()
    def ship(self):
        return complete(by=list(woken_by()))

    @step()
    def late(self):
        return complete(by=list(woken_by()))


@pytest.fixture(params=["memory", "file"])
def engine(request, tmp_path):
    path = ":memory:" if request.param == "memory" else str(tmp_path / "s.db")
    registry = Registry()
    registry.add(compile_class(Order, "order"))
    with Engine(path, registry=registry, worker=True) as engine:
        yield engine


def waiting(engine):
    run = engine.start("order")
    until(lambda: run.refresh().status == "waiting")
    return run


def test_the_first_of_several_signals_wins_and_the_step_is_told_which(engine):
    run = waiting(engine)

    answer = engine.signal("cancelled", key="k")
    late = engine.signal("paid", {"amount": 3}, run_id=run.id)

    assert (answer.woken, late.woken) == ((run.id,), ())
    assert run.result(PATIENCE)["by"] == ["signal", "cancelled", "k"]


def test_each_way_leads_to_its_own_step_with_what_was_brought(engine):
    run = waiting(engine)

    engine.signal("paid", {"amount": 3}, run_id=run.id)

    assert run.result(PATIENCE) == {"amount": 3, "by": ["signal", "paid", None]}


def test_a_payload_that_the_wait_does_not_accept_is_refused_and_the_wait_goes_on(engine):
    """Also one that came before the wait: it is dropped there."""
    run = waiting(engine)

    refused = engine.signal("paid", {}, run_id=run.id)
    engine.signal("paid", {"amount": 3}, run_id=run.id)

    assert refused.refused == ((run.id, '"amount" is a required property'),)
    assert run.result(PATIENCE)["amount"] == 3


def test_the_timeout_of_them_all_is_told_too():
    registry = Registry()
    registry.add(compile_class(Order, "order"))
    with Sandbox(registry=registry) as engine:
        run = engine.start("order")

        engine.clock.advance(seconds=61)

        assert run.refresh().data["by"] == ["timeout", "", None]


# -- children among the ways -----------------------------------------------------------------
class Page:
    class Context(BaseModel):
        n: int

    @step(start=True)
    def wait_for_ink(self):
        return wait.for_signal("ink", key=get_context().n, then=self.print)

    @step()
    def print(self):
        return complete()


class Book:
    class Context(BaseModel):
        need: int | str = "all"
        by: list[str | None] = []
        pages: list[str] = []

    @step(start=True)
    def split(self):
        for n in (1, 2):
            start_child("page", n=n)
        return wait.any(
            wait.for_children(get_context().need),
            wait.for_signal("stop"),
            timeout=60,
            then=self.told,
        )

    @step()
    def told(self):
        return complete(by=list(woken_by()), pages=[child.status for child in children()])


@pytest.fixture(params=["memory", "file"])
def press(request, tmp_path):
    path = ":memory:" if request.param == "memory" else str(tmp_path / "s.db")
    registry = Registry()
    registry.add(compile_class(Page, "page"))
    registry.add(compile_class(Book, "book"))
    with Engine(path, registry=registry, worker=True) as engine:
        yield engine


def printing(press, **context):
    book = press.start("book", **context)
    until(lambda: len(press.runs(workflow="page", status="waiting")) == 2)
    return book


def test_children_may_be_what_comes_first(press):
    book = printing(press)

    press.signal("ink", key=1)
    press.signal("ink", key=2)

    assert book.result(PATIENCE)["by"] == ["children", "", None]
    assert book.data["pages"] == ["completed", "completed"]


def test_as_many_as_are_needed_are_enough_and_the_rest_is_called_off(press):
    book = printing(press, need="any")

    press.signal("ink", key=2)

    assert book.result(PATIENCE)["by"][0] == "children"
    until(lambda: {row.status for row in press.runs(workflow="page")} == {"completed", "cancelled"})


def test_a_signal_may_come_before_them(press):
    book = printing(press)

    assert press.signal("stop").woken == (book.id,)

    assert book.result(PATIENCE)["by"] == ["signal", "stop", None]
    assert press.loaded(book.id).waits == ()


def test_another_process_goes_on_with_such_a_wait(tmp_path):
    path, registry = str(tmp_path / "s.db"), Registry()
    registry.add(compile_class(Page, "page"))
    registry.add(compile_class(Book, "book"))
    with Engine(path, registry=registry, worker=True) as press:
        book = printing(press)

    with Engine(path, registry=registry, worker=True) as press:
        for n in (1, 2):
            press.signal("ink", key=n)
        assert press.run(book.id).result(PATIENCE)["by"] == ["children", "", None]
