"""`perdure prune-done`."""

import pytest

CODE = """\
import sqlite3
from pydantic import BaseModel
from perdure import complete, engine, step, workflow

@workflow("pruned order")
class Order:
    class Context(BaseModel):
        pass

    @step(start=True, transactional=lambda: sqlite3.connect("app.db"))
    def place(self):
        return complete()
"""


@pytest.fixture
def orders(cli):
    (cli.folder / "pruned_orders.py").write_text(CODE)
    assert cli("run", "pruned_orders.py:Order").code == 0


def test_rows_of_runs_long_over_are_deleted(cli, orders):
    young = cli("prune-done", "pruned_orders.py")
    counted = cli("prune-done", "pruned_orders.py", "--older-than", "0s", "--dry-run")
    told = cli("prune-done", "pruned_orders.py", "--older-than", "0s", "--json").document

    assert young.out == "0 of 1 row(s) of perdure_done deleted\n"
    assert counted.out == "1 of 1 row(s) of perdure_done can be deleted\n"
    assert told == {"found": 1, "deleted": 1, "dry_run": False}
    assert cli("prune-done", "pruned_orders.py").out == "0 of 0 row(s) of perdure_done deleted\n"


def test_a_span_that_is_none_is_refused(cli):
    said = cli("prune-done", "--older-than", "soon")

    assert said.code == 2
    assert "--older-than: 'soon' is no span" in said.err
