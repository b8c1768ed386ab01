"""What a commit asks of SQLite: few statements, no look at rows that are not its own."""

from itertools import groupby

import pytest

from perdure.ports.claims import Claim
from perdure.ports.commit import InboxMade, JobGone
from perdure.stores.sqlite import SqliteStore, commit
from tests.conformance.given import NOW, apply, born, job, moved, next_step, runs
from tests.conformance.given import commit as made


@pytest.fixture
def store():
    return SqliteStore.in_memory()


@pytest.fixture
def traced(store):
    """Return a function that says which statements an action runs."""
    connection = store._database.shared.connection

    def trace(action):
        said = []
        connection.exec_trace = lambda _, text, __: bool(said.append(text)) or True
        action()
        connection.exec_trace = None
        return said

    return trace


def dump(store):
    """Return every row of every table."""
    with store._database.reading() as db:
        names = db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
        return {name: db.execute(f"SELECT * FROM {name}").fetchall() for (name,) in names}


def test_a_batch_of_refused_runs_changes_no_row_of_the_database(store):
    runs(store, "r1", "r2")
    store.put([InboxMade("r1", "m", None, "k")])
    before = dump(store)

    apply(store, **next_step("r1", old=7), inbox_made=[InboxMade("r1", "m", None, "k2")])
    apply(store, **next_step("r2", token=9))
    apply(store, born=[born("r1")], contexts=[("r1", "lost")])

    assert dump(store) == before


@pytest.mark.parametrize("count", [1, 100])
def test_a_commit_has_one_statement_for_each_list(store, traced, count):
    names = [f"r{number}" for number in range(count)]
    runs(store, *names)
    each = [next_step(name) for name in names]
    lists = {name: [row for one in each for row in one[name]] for name in each[0]}

    said = [text for text, _ in groupby(traced(lambda: apply(store, **lists)))]

    looks = 2  # where they stand, and whether a job is missing that they lose
    assert said[0].startswith("BEGIN")
    assert said[-1] == "COMMIT"
    assert len(said) == 2 + looks + len(lists)
    assert len(set(said)) == len(said)


def test_an_empty_list_is_no_statement(store, traced):
    runs(store, "r1")

    said = traced(lambda: apply(store, moved=[moved("r1")]))

    assert len(said) == 4  # begin, where it stands, moved, commit


def test_a_run_that_goes_on_leaves_the_indexes_of_live_runs_alone(store, traced):
    runs(store, "r1", "r2")

    on = traced(lambda: apply(store, moved=[moved("r1")]))
    end = traced(lambda: apply(store, moved=[moved("r2", ended_at=NOW)]))

    assert not any("ended_at =" in text for text in on)
    assert any("ended_at =" in text for text in end)


def test_what_a_refused_run_would_write_is_not_even_tried_alone(store, traced):
    said = traced(lambda: apply(store, **next_step("nobody")))

    assert len(said) == 3  # begin, where it stands, commit


def test_a_batch_is_marked_by_its_number(store):
    runs(store, "r1", "r2")

    done = apply(store, made(moved=[moved("r1"), moved("r2", old=9)]))

    assert done.moved == {"r1"}


def test_claims_leave_no_sort_to_the_jobs_that_wait(store):
    """A backlog does not make a claim slower: it reads as many as it takes."""
    names = [f"r{number}" for number in range(3000)]
    apply(store, born=[born(n) for n in names], jobs_made=[job(n) for n in names])
    connection = store._database.shared.connection
    steps = []
    connection.set_progress_handler(lambda: bool(steps.append(1)), 100)

    with store.transaction() as tx:
        got = tx.apply(made(claim=Claim(1, 5, ("order",), ("default",)))).claimed
    connection.set_progress_handler(None, 100)

    assert len(got) == 5
    assert len(steps) < 30  # some 3,000 instructions; a look at each job takes ten times that


def test_a_null_that_stands_for_no_token_fences_nothing(store):
    runs(store, "r1")

    done = apply(store, moved=[moved("r1")], jobs_gone=[JobGone("r1", "gone", 1, None)])

    assert done.moved == {"r1"}


def test_each_list_of_a_commit_is_written_by_a_statement_of_its_name():
    written = set(commit._LISTS)
    others = {
        "moved",
        "born",
        "offspring",
        "scheduled",
        "mail",
        "called_off",
        "calls",
        "plans",
        "inbox_made",
        "inbox_done",
        "batch",
        "now",
        "history",
        "claim",
        "beats",
        "revisions",
        "unstranded",
        "limits",
        "entering",
        "admits",
        "data_keys_gone",
    }

    assert written | others == set(made().__slots__)
