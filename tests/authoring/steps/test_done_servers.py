"""A step's writes to a real PostgreSQL and a real MariaDB happen once."""

import os
import signal
import tempfile
import threading
from contextlib import closing
from multiprocessing import get_context as get_context_of_processes
from pathlib import Path

import pytest
from pydantic import BaseModel

from perdure.authoring.steps.current import get_context
from perdure.authoring.steps.decorators import step
from perdure.authoring.steps.directives import complete, goto
from perdure.authoring.steps.done import Application
from perdure.authoring.steps.transactional import connection
from perdure.errors import NonRetryableError
from perdure.kernel.directives import Complete, Goto
from perdure.outboxes.dbapi import DbApiOutbox
from perdure.ports.executor import Result
from perdure.ports.outbox import Posted
from tests.authoring.steps.scenes import compiled, ran
from tests.servers import Mariadb, Postgresql

pytestmark = pytest.mark.slow

PATIENCE = 20.0
DONE = Result(outcome=Complete(), context="{}")


@pytest.fixture(scope="module", params=[Postgresql, Mariadb])
def server(request):
    with tempfile.TemporaryDirectory(prefix="perdure-") as folder:  # a socket's path is short
        Path(folder).chmod(0o755)
        made = request.param(Path(folder) / "server")
        with made.running():
            yield made


@pytest.fixture
def connect(server):
    with closing(server()) as db:
        for table in ("orders", "perdure_done", "perdure_outbox"):
            db.cursor().execute(f"DROP TABLE IF EXISTS {table}")
        db.cursor().execute("CREATE TABLE orders (name VARCHAR(20))")
        db.commit()
    return server


def add(db, name):
    db.cursor().execute("INSERT INTO orders VALUES (%s)", [name])


def orders(connect):
    with closing(connect()) as db:
        cursor = db.cursor()
        cursor.execute("SELECT name FROM orders")
        return [name for (name,) in cursor.fetchall()]


def ordering(connect):
    class Ordering:
        class Context(BaseModel):
            name: str = "book"
            ordered: int = 0
            breaks: bool = False

        @step(start=True, transactional=connect)
        def order(self):
            context = get_context()
            add(connection(), context.name)
            context.ordered += 1
            if context.breaks:
                raise RuntimeError("out of stock")
            return goto(self.ship)

        @step
        def ship(self):
            return complete()

    return compiled(Ordering)


def test_a_step_that_is_tried_again_after_its_commit_comes_to_the_same_and_writes_nothing(connect):
    first = ran(ordering(connect), "order")
    second = ran(ordering(connect), "order", attempt=2)
    third = ran(ordering(connect), "order", visit=2)

    assert first == second
    assert first.outcome == Goto("ship")
    assert third.outcome == Goto("ship")
    assert orders(connect) == ["book", "book"]


def test_a_step_that_fails_leaves_nothing_and_its_next_attempt_writes(connect):
    with pytest.raises(RuntimeError, match="out of stock"):
        ran(ordering(connect), "order", '{"breaks": true}')

    assert orders(connect) == []
    ran(ordering(connect), "order", attempt=2)
    assert orders(connect) == ["book"]


def die_within_a_transaction(connect, key):
    def call(db):
        add(db, "lost")
        os.kill(os.getpid(), signal.SIGKILL)

    Application(connect).once(key, call, run="r")


def test_an_attempt_whose_process_is_killed_is_rolled_back_and_the_next_one_writes(connect):
    child = get_context_of_processes("spawn").Process(
        target=die_within_a_transaction, args=(connect, "one-visit")
    )
    child.start()
    child.join(PATIENCE)

    done = Application(connect).once("one-visit", lambda db: add(db, "book") or DONE, run="r")

    assert child.exitcode == -signal.SIGKILL
    assert done == DONE
    assert orders(connect) == ["book"]


def test_of_two_attempts_of_a_visit_at_once_one_writes_and_both_come_to_the_same(connect):
    application = Application(connect)
    met = threading.Barrier(2)
    results = []

    def attempt(name):
        def call(db):
            add(db, name)
            return DONE

        met.wait()
        results.append(application.once("one-visit", call, run="r"))

    threads = [threading.Thread(target=attempt, args=(name,)) for name in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)

    assert results == [DONE, DONE]
    assert len(orders(connect)) == 1


def test_a_connection_that_commits_each_statement_is_refused(connect):
    with pytest.raises(NonRetryableError, match="autocommit must be off"):
        ran(ordering(lambda: connect(autocommit=True)), "order")

    assert orders(connect) == []


def test_what_is_posted_in_a_transaction_is_there_if_it_commits(connect):
    outbox = DbApiOutbox(connect)
    rows = [Posted(f"run_{n}", "start", '{"n":1}', 12.5 + n) for n in range(3)]
    for number, end in enumerate(["rollback", "commit", "commit"]):
        with closing(connect()) as db:
            add(db, end)
            outbox.add(db, rows[number])
            getattr(db, end)()

    assert outbox.read("", 10) == rows[1:]
    outbox.forget([rows[1].id])
    assert outbox.read("", 10) == rows[2:]
    assert orders(connect) == ["commit", "commit"]
