"""A lock file tells who is dead."""

import subprocess
import sys

import pytest

from perdure.stores.sqlite import incarnations
from perdure.stores.sqlite.incarnations import Incarnations

HOLD = """
import sys
from pathlib import Path
from perdure.stores.sqlite.incarnations import Incarnations
locks = Incarnations(Path(sys.argv[1]))
print(locks.hold(), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "p.db"


def test_a_lock_is_not_free_while_it_is_held(path):
    ours, others = Incarnations(path), Incarnations(path)
    name = ours.hold()

    held = others.is_free(name), ours.is_free(name)
    ours.close()

    assert held == (False, False)
    assert others.is_free(name)


def test_each_lock_is_of_its_own(path):
    locks = Incarnations(path)
    first, second = locks.hold(), locks.hold()

    locks.release(first)

    assert first != second
    assert locks.is_free(first)
    assert not locks.is_free(second)
    locks.close()


def test_a_released_lock_leaves_no_file(path):
    locks = Incarnations(path)
    name = locks.hold()

    locks.release(name)
    locks.release(name)
    locks.release(None)

    assert list(path.with_name("p.db-locks").iterdir()) == []
    assert locks.is_free(name)


@pytest.mark.crash
def test_the_lock_of_a_killed_process_is_free_at_once(path):
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    name = process.stdout.readline().strip()
    alive = Incarnations(path).is_free(name)

    process.kill()
    process.communicate()

    assert not alive
    assert Incarnations(path).is_free(name)


def test_where_nothing_can_be_locked_there_is_no_lock(path, monkeypatch):
    monkeypatch.setattr(incarnations, "fcntl", None)
    locks = Incarnations(path)

    assert locks.hold() is None
    assert not locks.is_free("anything")


def test_where_flock_fails_there_is_no_lock(path, monkeypatch):
    def fail(_file, _how):
        raise OSError(38, "flock is not implemented here")

    monkeypatch.setattr(incarnations.fcntl, "flock", fail)

    assert Incarnations(path).hold() is None
