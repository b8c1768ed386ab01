"""A step whose writes to the application's database happen once."""

import sqlite3

import pytest
from pydantic import BaseModel

from perdure.authoring.steps.current import get_context
from perdure.authoring.steps.decorators import step
from perdure.authoring.steps.directives import complete, goto
from perdure.authoring.steps.transactional import connection
from perdure.errors import DefinitionError, OutsideStepError
from perdure.kernel.directives import Goto
from tests.authoring.steps.scenes import compiled, ran


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "app.db"
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE orders (name TEXT)")
    return path


def ordering(path):
    class Ordering:
        class Context(BaseModel):
            name: str = "book"
            number: int = 0

        @step(start=True, transactional=lambda: sqlite3.connect(path))
        def order(self):
            done = connection().execute("INSERT INTO orders VALUES (?)", [get_context().name])
            get_context().number = done.lastrowid
            return goto(self.ship)

        @step
        def ship(self):
            return complete()

    return compiled(Ordering)


def orders(path):
    return sqlite3.connect(path).execute("SELECT name FROM orders").fetchall()


def test_a_step_that_is_tried_again_after_its_commit_writes_nothing_and_comes_to_the_same(path):
    """As after a crash between the application's commit and the report of it."""
    first = ran(ordering(path), "order")
    second = ran(ordering(path), "order", attempt=2)

    assert first == second
    assert first.outcome == Goto("ship")
    assert first.context == '{"name":"book","number":1}'
    assert orders(path) == [("book",)]


def test_another_visit_writes_again(path):
    for visit in (1, 2):
        ran(ordering(path), "order", visit=visit)

    assert orders(path) == [("book",), ("book",)]


def test_elsewhere_there_is_no_connection(path):
    ran(ordering(path), "order")

    with pytest.raises(OutsideStepError, match="transactional"):
        connection()


def test_an_async_step_is_refused(path):
    class Ordering:
        @step(transactional=lambda: sqlite3.connect(path))
        async def order(self):
            return complete()

    with pytest.raises(DefinitionError, match="Make it a plain method"):
        compiled(Ordering)


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"transactional": "app.db"}, "a function that gives"),
        ({"transactional": dict, "at_most_once": True}, "Leave out at_most_once"),
    ],
)
def test_what_cannot_be_said_of_such_a_step_is_refused(said, wrong):
    with pytest.raises(DefinitionError, match=wrong):
        step(**said)
