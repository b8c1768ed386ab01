"""From any older database to today's, and from none that is not ours."""

import apsw
import pytest

from perdure.errors import StoreError, StoreNewerError
from perdure.stores.sqlite.migrations import Migration, is_current, known, migrate

FIRST = Migration(1, "0001_a.sql", script="CREATE TABLE a (x);")
SECOND = Migration(2, "0002_b.sql", script="CREATE TABLE b (x); INSERT INTO b SELECT x FROM a;")
BROKEN = Migration(2, "0002_c.sql", script="CREATE TABLE c (x); nonsense;")


@pytest.fixture
def db():
    return apsw.Connection(":memory:")


def run(db, *migrations):
    with db:
        migrate(db, "p.db", migrations)


def tables(db):
    return {name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}


def test_our_migrations_are_numbered_from_one_without_a_gap():
    assert [migration.number for migration in known()] == list(range(1, len(known()) + 1))


def test_a_new_database_gets_all_tables(db):
    with db:
        migrate(db, "p.db")

    assert is_current(db)
    assert {"runs", "jobs", "history", "inbox", "workers"} <= tables(db)


def test_what_was_applied_is_not_applied_again(db):
    run(db, FIRST, SECOND)

    run(db, FIRST, SECOND)

    assert db.pragma("user_version") == 2


def test_an_older_database_gets_what_it_lacks(db):
    run(db, FIRST)
    db.execute("INSERT INTO a VALUES (7)")

    run(db, FIRST, SECOND)

    assert db.execute("SELECT x FROM b").fetchall() == [(7,)]


def test_a_newer_database_is_refused_and_left_alone(db):
    run(db, FIRST, SECOND)

    with pytest.raises(StoreNewerError, match=r"p\.db was written by a newer perdure.*Upgrade"):
        run(db, FIRST)

    assert db.pragma("user_version") == 2


def test_a_database_made_by_another_script_is_refused(db):
    run(db, FIRST)

    with pytest.raises(StoreError, match="another build"):
        run(db, Migration(1, "0001_a.sql", script="CREATE TABLE a (y);"), SECOND)

    assert "b" not in tables(db)


def test_somebody_elses_database_is_refused_and_left_alone(db):
    db.execute("CREATE TABLE theirs (x)")

    with pytest.raises(StoreError, match="not a store of perdure"):
        run(db, FIRST)

    assert tables(db) == {"theirs"}


def test_somebody_elses_version_number_does_not_make_it_ours(db):
    db.execute(f"PRAGMA user_version = {len(known())}")

    assert not is_current(db)
    with pytest.raises(StoreError, match="not a store of perdure"):
        run(db, FIRST)


def test_statistics_of_some_moment_are_dropped(db):
    with db:
        migrate(db, "p.db")
    db.execute("ANALYZE")
    with_them = is_current(db)

    with db:
        migrate(db, "p.db")

    assert not with_them
    assert is_current(db)
    assert not {name for name in tables(db) if name.startswith("sqlite_stat")}


def test_a_migration_that_fails_leaves_nothing(db):
    run(db, FIRST)

    with pytest.raises(apsw.SQLError):
        run(db, FIRST, BROKEN)

    assert "c" not in tables(db)
    assert db.pragma("user_version") == 1


def test_jobs_of_before_there_were_revisions_name_the_version_of_their_run(db):
    with db:
        migrate(db, "p.db", known()[:5])
    db.execute(
        "INSERT INTO runs (n, id, seq, batch, status, marks, visits, namespace, workflow, version,"
        " plan, priority, created_at)"
        " VALUES (1, 'r1', 1, 1, 'running', '', '', 'default', 'order', '2', 'p', 0, 0.0)"
    )
    for step, host in (("code", "thread:order"), ("graph", "thread:"), ("own", "async:function:f")):
        db.execute(
            "INSERT INTO jobs (run, step, visit, attempt, token, due, queue, priority, host)"
            " VALUES (1, ?, 1, 1, 0, 0.0, 'default', 0, ?)",
            (step, host),
        )

    with db:
        migrate(db, "p.db")

    assert dict(db.execute("SELECT step, host FROM jobs")) == {
        "code": "thread:order@2",
        "graph": "thread:",
        "own": "async:function:f",
    }
