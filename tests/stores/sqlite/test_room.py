"""Room is made in the log of a store that is used, and nothing of it shows."""

import apsw
import pytest

from perdure.stores.sqlite import SqliteStore, room
from tests.conformance.given import apply, born

MIB = 1024 * 1024


@pytest.fixture
def early(monkeypatch):
    """Room is made as soon as anything is written."""
    monkeypatch.setattr(room, "YOUNG_PAGES", 1)
    monkeypatch.setattr(room, "ROOM_BYTES", 2 * MIB)
    monkeypatch.setattr(room, "SLICE_BYTES", MIB)


def log_bytes(store):
    return store.info()["log_bytes"]


def test_the_log_of_a_script_of_a_few_steps_is_as_long_as_what_it_wrote(store):
    apply(store, born=[born("r1")])

    assert log_bytes(store) < 100 * 4096


@pytest.mark.usefixtures("early")
def test_a_log_that_is_used_is_made_longer_by_a_slice(store):
    apply(store, born=[born("r1")])

    assert 0.9 * MIB < log_bytes(store) < 1.5 * MIB


@pytest.mark.usefixtures("early")
def test_the_next_slice_comes_before_the_last_is_used_up_until_there_is_enough(store):
    lengths = [0]
    number = 0
    while lengths[-1] < 2 * MIB:
        apply(store, born=[born(f"r{number}")], contexts=[(f"r{number}", "x" * 4096)])
        number += 1
        if log_bytes(store) != lengths[-1]:
            lengths.append(log_bytes(store))

    assert number > 50
    assert len(lengths) <= 4, "no commit made it longer by itself"


@pytest.mark.usefixtures("early")
def test_what_was_written_for_it_is_in_no_table_and_not_in_the_file(store, path):
    apply(store, born=[born("r1")])
    store.close()

    with apsw.Connection(str(path)) as db:
        names = [name for (name,) in db.execute("SELECT name FROM sqlite_sequence")]
        assert "room" not in names
        assert db.pragma("integrity_check") == "ok"
    assert path.stat().st_size < room.ROOM_BYTES


@pytest.mark.usefixtures("early")
def test_commits_use_the_room_and_do_not_lengthen_the_log(store):
    apply(store, born=[born("r0")])
    before = log_bytes(store)

    for number in range(1, 50):
        apply(store, born=[born(f"r{number}")])

    assert log_bytes(store) == before
    assert len(store.load([f"r{number}" for number in range(50)])) == 50


@pytest.mark.usefixtures("early")
def test_the_schema_stands_so_that_no_statement_is_planned_anew(store):
    with store._writer.mine() as db:
        before = db.pragma("schema_version")

    apply(store, born=[born("r1")])

    assert log_bytes(store) > 0.9 * MIB
    with store._writer.mine() as db:
        assert db.pragma("schema_version") == before


@pytest.mark.usefixtures("early")
def test_a_crash_after_it_leaves_what_was_committed(store, path, tmp_path):
    """The pages behind the log's end are of no transaction, so recovery does not take them."""
    apply(store, born=[born("r1")])
    apply(store, born=[born("r2")])

    copy = tmp_path / "copy.db"
    copy.write_bytes(path.read_bytes())
    copy.with_name("copy.db-wal").write_bytes(path.with_name(f"{path.name}-wal").read_bytes())
    recovered = SqliteStore(copy)

    assert recovered.load(["r1", "r2"]).keys() == {"r1", "r2"}
    recovered.close()


@pytest.mark.usefixtures("early")
def test_a_disk_with_little_left_is_not_filled(store, monkeypatch):
    monkeypatch.setattr(room, "ENOUGH_FREE", 10**18)

    apply(store, born=[born("r1")])

    assert log_bytes(store) < room.ROOM_BYTES


@pytest.mark.usefixtures("early")
def test_a_commit_is_done_though_no_room_can_be_made(store, monkeypatch):
    def full(*_):
        raise apsw.FullError("the disk is full")

    monkeypatch.setattr(room, "_write_and_take_back", full)

    apply(store, born=[born("r1")])

    assert store.load(["r1"]).keys() == {"r1"}
