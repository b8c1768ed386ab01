"""A step's writes to the application's own database are committed once for a visit."""

import sqlite3
import threading
from contextlib import contextmanager

import pytest

from perdure.authoring.steps.done import Application, dump_result, load_result
from perdure.errors import NonRetryableError
from perdure.kernel.directives import Complete, Fail, Goto, Sleep, Wait
from perdure.ports.executor import Result
from tests.authoring.drivers import STYLES, Driver

PAID = Result(outcome=Goto("ship"), context='{"n":1}', output="7")


@pytest.fixture
def path(tmp_path):
    """An application's database with one table."""
    path = tmp_path / "app.db"
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE orders (name TEXT)")
    return path


def orders(path):
    return [name for (name,) in sqlite3.connect(path).execute("SELECT name FROM orders")]


def rows(path):
    return sqlite3.connect(path).execute("SELECT visit_key, outcome FROM perdure_done").fetchall()


def writing(name="book", result=PAID):
    def run(db):
        db.cursor().execute("INSERT INTO orders VALUES ('" + name + "')")
        return result

    return run


def application(path, **options):
    return Application(lambda: sqlite3.connect(path, **options))


def test_the_writes_and_what_they_came_to_are_committed_together(path):
    assert application(path).once("k1", writing(), run="run_1") == PAID

    assert orders(path) == ["book"]
    assert rows(path) == [("k1", dump_result(PAID))]


def test_a_later_attempt_hears_what_it_came_to_and_writes_nothing(path):
    """Also in another process."""
    application(path).once("k1", writing(), run="run_1")

    assert application(path).once("k1", lambda _db: 1 / 0, run="run_1") == PAID
    assert orders(path) == ["book"]


def test_another_visit_writes_for_itself(path):
    ours = application(path)
    ours.once("k1", writing(), run="run_1")
    ours.once("k2", writing(), run="run_1")

    assert orders(path) == ["book", "book"]


def test_a_failed_attempt_leaves_nothing(path):
    def failing(db):
        writing()(db)
        raise ValueError("no stock")

    ours = application(path)
    with pytest.raises(ValueError, match="no stock"):
        ours.once("k1", failing, run="run_1")

    assert (orders(path), rows(path)) == ([], [])
    assert ours.once("k1", writing(), run="run_1") == PAID


@pytest.mark.parametrize(
    "options", [{}, {"isolation_level": None}, {"isolation_level": "EXCLUSIVE"}]
)
def test_however_the_connection_begins_its_transactions(path, options):
    def failing(db):
        writing()(db)
        raise ValueError("no stock")

    ours = application(path, **options)
    with pytest.raises(ValueError, match="no stock"):
        ours.once("k1", failing, run="run_1")
    ours.once("k1", writing(), run="run_1")

    assert orders(path) == ["book"]


def test_two_attempts_at_one_time_write_once(path):
    """An attempt that was taken for lost may still be under way: the key keeps it out."""
    ours, results = application(path), []
    ours.once("k0", writing("first"), run="run_1")
    ends = [
        threading.Thread(target=lambda: results.append(ours.once("k1", writing(), run="run_1")))
        for _ in range(4)
    ]

    for end in ends:
        end.start()
    for end in ends:
        end.join()

    assert results == [PAID] * 4
    assert orders(path) == ["first", "book"]


def test_a_step_that_commits_itself_is_told_so(path):
    def committing(db):
        writing()(db)
        db.commit()
        return PAID

    ours = application(path)
    with pytest.raises(NonRetryableError, match="ended its transaction itself"):
        ours.once("k1", committing, run="run_1")
    with pytest.raises(NonRetryableError, match="committed before it had come to its end"):
        ours.once("k1", writing(), run="run_1")

    assert orders(path) == ["book"]


def test_a_commit_whose_answer_was_lost_is_known_by_its_row(path):
    class Losing(sqlite3.Connection):
        def commit(self):
            super().commit()
            if ("k1",) in self.execute("SELECT visit_key FROM perdure_done").fetchall():
                raise sqlite3.OperationalError("the line went dead")

    assert application(path, factory=Losing).once("k1", writing(), run="run_1") == PAID
    assert orders(path) == ["book"]


def test_a_commit_that_did_not_take_place_is_a_failure(path):
    class Broken(sqlite3.Connection):
        def commit(self):
            raise sqlite3.OperationalError("disk full")

    application(path).once("k0", writing("first"), run="run_1")
    with pytest.raises(sqlite3.OperationalError, match="disk full"):
        application(path, factory=Broken).once("k1", writing(), run="run_1")

    assert orders(path) == ["first"]


def test_a_connection_may_come_in_a_block_which_then_closes_it(path):
    closed = []

    @contextmanager
    def pooled():
        db = sqlite3.connect(path)
        yield db
        closed.append(db)

    assert Application(pooled).once("k1", writing(), run="run_1") == PAID
    assert len(closed) == 1
    assert orders(path) == ["book"]


@pytest.mark.parametrize("style", STYLES)
def test_any_driver_of_pep_249_will_do(path, style):
    ours = Application(lambda: Driver(path, style))

    assert [ours.once("k1", writing(), run="run_1") for _ in range(2)] == [PAID, PAID]
    assert orders(path) == ["book"]


def test_a_driver_that_does_not_say_how_it_marks_parameters_is_refused(path):
    with pytest.raises(NonRetryableError, match="Set `paramstyle` on it"):
        Application(lambda: Driver(path, None)).once("k1", writing(), run="run_1")


def test_a_connection_that_commits_each_statement_is_refused(path):
    with pytest.raises(NonRetryableError, match="autocommit must be off"):
        Application(lambda: Driver(path, "qmark", autocommit=True)).once(
            "k1", writing(), run="run_1"
        )

    assert orders(path) == []


@pytest.mark.parametrize("style", STYLES)
def test_what_is_recorded_can_be_listed_and_forgotten(path, style):
    ours = Application(lambda: Driver(path, style))
    for key in ("k2", "k1", "k3"):
        ours.once(key, writing(), run=f"run_{key}")

    assert ours.visits("", 2) == [("k1", "run_k1"), ("k2", "run_k2")]
    assert ours.visits("k2", 2) == [("k3", "run_k3")]
    ours.forget(["k1", "k3"])
    assert ours.visits("", 5) == [("k2", "run_k2")]


def test_a_table_of_before_is_brought_to_todays_and_keeps_what_it_knows(path):
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE perdure_done (key VARCHAR(64) PRIMARY KEY, outcome TEXT NOT NULL)")
        db.execute("INSERT INTO perdure_done VALUES (?, ?)", ("k1", dump_result(PAID)))

    ours = application(path)
    assert ours.once("k1", lambda _db: 1 / 0, run="run_1") == PAID
    assert ours.once("k2", writing(), run="run_2") == PAID
    assert ours.visits("", 5) == [("k2", "run_2")]


@pytest.mark.parametrize(
    "outcome",
    [
        Goto("a"),
        Sleep(2.5, "b"),
        Wait(name="go", key="k", timeout=1.0, then="c", fresh=True),
        Complete(),
        Fail("no"),
    ],
)
def test_a_result_is_read_back_as_it_was(outcome):
    result = Result(outcome=outcome, context='{"a":1}', output="null")

    assert load_result(dump_result(result)) == result
