"""A loop survives `kill -9` at any item: none is lost, and none is done again that was committed."""

import signal
from collections import Counter
from contextlib import closing

import pytest

from perdure.ports.rows import RunFilter
from perdure.stores.sqlite import SqliteStore
from tests.crash.lives import live
from tests.crash.looper import COUNT

pytestmark = pytest.mark.crash

AT_A_TIME = 4
KILLS = (1, 9, 2, 20, 5)


def test_every_item_is_done_and_its_result_kept_once_however_often_the_process_dies(tmp_path):
    ends = [live("looper", tmp_path, kill)[0] for kill in KILLS]
    code, said = live("looper", tmp_path, 0)

    assert ends == [-signal.SIGKILL] * len(KILLS)
    assert (code, said) == (0, f"{[2 * number for number in range(COUNT)]}\n")
    with closing(SqliteStore(tmp_path / "p.db")) as store:
        (run,) = store.find(RunFilter())
        kept = Counter(row.step for row in store.steps(run.id) if row.status == "completed")
    assert kept == Counter([*(f"each[{number}]" for number in range(COUNT)), "each"])
    begun = Counter((tmp_path / "done").read_text().split())
    assert sum(begun.values()) <= COUNT + len(KILLS) * AT_A_TIME
