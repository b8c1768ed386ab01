"""Waits, sleeps and runs within survive `kill -9`: each is gone on with, and none is begun twice."""

import signal
from contextlib import closing

import pytest

from perdure.ports.rows import RunFilter
from perdure.stores.sqlite import SqliteStore
from tests.crash.lives import live
from tests.crash.rester import COUNT

pytestmark = pytest.mark.crash

KILLS = (1, 4, 2, 3)


def test_each_rest_is_gone_on_with_however_often_the_process_dies(tmp_path):
    ends = [live("rester", tmp_path, kill)[0] for kill in KILLS]
    code, said = live("rester", tmp_path, 0)

    assert ends == [-signal.SIGKILL] * len(KILLS)
    assert (code, said) == (0, f"{[[2 * number for number in range(COUNT)], 7]}\n")
    with closing(SqliteStore(tmp_path / "p.db")) as store:
        (parent,) = [row for row in store.find(RunFilter()) if row.parent is None]
        children = store.find(RunFilter(parent=parent.id))
        rows = store.steps(parent.id)
    assert [child.status for child in children] == ["completed"] * COUNT
    assert all(row.status == "completed" for row in rows)
    assert len(rows) == COUNT + 2
