"""Every statement is one, and seeks what it wants."""

import re
from importlib.resources import files

import apsw
import pytest

from perdure.stores.sqlite import commit
from perdure.stores.sqlite.migrations import known
from perdure.stores.sqlite.statements import FEW, ask, fetch, sql, sql_of_many, write

FOLDER = files("perdure.stores.sqlite") / "statements"
NAMES = sorted(
    f"{part.name}/{file.name[:-4]}" for part in FOLDER.iterdir() for file in part.iterdir()
)

LISTS = (*commit._LISTS, "history", "moved", "births", "standing")

# Read whole: they are asked seldom, of tables that are short.
WHOLE = {
    "budgets/all": {"budgets"},  # as many as were set
    "commit/unstranded": {"jobs"},
    "definitions/count": {"d", "latest"},  # as many as somebody has written
    "definitions/find": {"d", "latest", "named"},  # likewise
    "duty/decayed": {"workers", "jobs"},
    "duty/orphans": {"j", "workers"},
    "duty/outdated": {"revisions", "workers"},
    "duty/owned": {"j"},
    "duty/revisions": {"v"},
    "duty/unclaim_all": {"jobs"},
    "duty/workers": {"workers"},
    "events/find": {"events"},  # by an index, up to the limit
    "events/orphaned": {"firings"},  # where a workflow's triggers have changed
    "events/seen": {"triggers"},  # as many as there are decorators
    "events/standing": {"t"},
    "events/triggers": {"triggers"},
    "events/unhost": {"triggers"},
    "events/unseen": {"triggers"},
    "queue/standing": {"counted", "j", "queues"},
    "inbox/reached_by_event": {"(subquery-2)", "(subquery-5)", "(subquery-6)"},  # up to the limit
    "inbox/runs": {"i"},  # in the order of its key, up to the limit
    "inbox/undelivered": {"signals"},
    "keys/masters": {"data_keys"},  # by an index of the runs that have secrets
    "limits/all": {"limits"},
    "limits/busy": {"(subquery-1)", "(subquery-4)"},  # up to the limit
    "limits/standing": {"l"},
    "mailbox/letters": {"mailbox"},  # likewise
    "read/current_revisions": {"v"},
    "read/find_all": {"runs"},  # likewise
    "read/find_live": {"runs"},  # likewise, by an index
    "read/latest_plan": {"v"},  # a table that is short, too
    "schedules/all": {"schedules"},
}

MANY_RUNS = """
WITH RECURSIVE many (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < ?)
INSERT INTO runs (id, seq, batch, status, marks, visits, namespace, workflow, version, plan,
                  priority, created_at)
SELECT 'r' || n, 1, 1, 'running', '', '', 'default', 'order', '1', 'p', 0, 0.0 FROM many
"""


def empty():
    """Return a database in memory with today's tables."""
    connection = apsw.Connection(":memory:")
    for migration in known():
        connection.execute(migration.script)
    return connection


@pytest.fixture(scope="module")
def db():
    return empty()


def parameters(text):
    if "?" in text:
        numbers = [int(number) for number in re.findall(r"\?(\d+)", text)]
        return ["[]"] * (max(numbers) if numbers else text.count("?"))
    return dict.fromkeys(re.findall(r"(?<!:):([a-z_]+)", text), "[]")


@pytest.mark.parametrize("name", NAMES)
def test_a_file_is_one_statement_to_its_last_character(db, name):
    text = sql(name)

    assert db.execute(f"EXPLAIN {text}", parameters(text)).fetchall()
    assert not text.rstrip().endswith(";")
    assert text == text.rstrip()


@pytest.mark.parametrize("name", NAMES)
def test_no_statement_reads_a_table_whole_without_need(db, name):
    text = sql(name)
    body = re.sub(r"--.*", "", text)

    plan = [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {body}", parameters(text))]

    scans = {step.split()[1] for step in plan if re.match(r"SCAN (?!CONSTANT|.*VIRTUAL)", step)}
    assert scans - {"ranks", "next", "names"} == WHOLE.get(name, set())


@pytest.mark.parametrize("rows", [50, 5000])
def test_the_plans_do_not_depend_on_what_sqlite_knows_of_the_rows(rows):
    """An ANALYZE, by hand or by a tool, turns no seek into a scan."""
    db = empty()
    db.execute(MANY_RUNS, (rows,))
    db.execute("INSERT INTO contexts SELECT n, '{}' FROM runs")
    db.execute("ANALYZE")

    for name in NAMES:
        test_no_statement_reads_a_table_whole_without_need(db, name)


@pytest.mark.parametrize("name", LISTS)
def test_what_is_run_for_many_rows_at_once_seeks_too(db, name):
    text = sql_of_many(name)

    plan = [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {text}", ("[]",))]

    assert not [step for step in plan if re.match(r"SCAN (?!CONSTANT|.*VIRTUAL)", step)]


@pytest.mark.parametrize("rows", [1, FEW, FEW + 1])
def test_few_rows_and_many_are_written_and_asked_alike(rows):
    db = empty()
    db.execute(MANY_RUNS, (rows,))

    write(db, "history", [(n, 1, 0.5, "m", "[]", 7) for n in range(1, rows + 1)])

    written = db.execute("SELECT run, seq, at, message, events, batch FROM history").fetchall()
    stood = ask(db, "standing", [(f"r{n}", 1) for n in range(1, rows + 1)])
    assert sorted(written) == [(n, 1, 0.5, "m", "[]", 7) for n in range(1, rows + 1)]
    assert [tuple(row) for row in stood] == [(f"r{n}", n, None) for n in range(1, rows + 1)]


def test_rows_are_fetched_by_the_statements_name(db):
    assert fetch(db, "read/plan", hash="nothing") == []
