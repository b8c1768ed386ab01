"""Files are opened without waiting, and written whole or not at all."""

import errno
import os
from pathlib import Path

import pytest

from perdure.authoring.paths import allow_roots
from perdure.errors import InvalidInputError, PathNotAllowedError, TemporaryFailureError
from perdure.packs.functions import disk
from perdure.packs.functions.disk import open_file, path_of, read_bytes, write_bytes


def write(path, content=b"new", **options):
    return write_bytes(str(path), content, **{"overwrite": True, "make_folders": False, **options})


def names(folder):
    return [path.name for path in folder.iterdir()]


def test_a_path_may_be_a_file_url():
    assert path_of("file:///tmp/a%20b") == "/tmp/a b"
    assert path_of("file://localhost/tmp/a") == "/tmp/a"
    assert path_of(Path("a")) == "a"
    with pytest.raises(InvalidInputError, match="the path is empty"):
        path_of(" ")


def test_a_file_is_read_up_to_its_limit(tmp_path):
    (tmp_path / "a").write_bytes(b"12345")

    assert read_bytes(tmp_path / "a", 5) == b"12345"
    with pytest.raises(InvalidInputError, match="has more than"):
        read_bytes(tmp_path / "a", 4)


def test_a_file_that_is_not_there_says_where_was_looked(tmp_path):
    with pytest.raises(InvalidInputError, match=r"there is no file .*relative ones start at"):
        open_file(tmp_path / "no")


def test_a_pipe_and_a_folder_are_no_files(tmp_path):
    os.mkfifo(tmp_path / "pipe")

    for path in (tmp_path / "pipe", tmp_path):
        with pytest.raises(InvalidInputError, match=r"no ordinary file|cannot be opened"):
            open_file(path)


def test_a_file_is_written_and_overwritten_and_nothing_else_is_left(tmp_path):
    path = tmp_path / "a.txt"

    assert write(path) == path
    write(path, b"newer")

    assert path.read_bytes() == b"newer"
    assert names(tmp_path) == ["a.txt"]


def test_a_file_keeps_its_mode_and_a_link_its_target(tmp_path):
    (tmp_path / "a").write_bytes(b"old")
    (tmp_path / "a").chmod(0o640)
    (tmp_path / "link").symlink_to(tmp_path / "a")

    write(tmp_path / "link")

    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "a").read_bytes() == b"new"
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o640


def test_a_file_that_is_there_may_be_kept(tmp_path):
    (tmp_path / "a").write_bytes(b"old")

    with pytest.raises(InvalidInputError, match="is there with other content"):
        write(tmp_path / "a", overwrite=False)

    assert (tmp_path / "a").read_bytes() == b"old"
    assert names(tmp_path) == ["a"]


def test_a_second_attempt_at_the_same_file_does_no_harm(tmp_path):
    write(tmp_path / "a", overwrite=False)
    write(tmp_path / "a", overwrite=False)

    assert (tmp_path / "a").read_bytes() == b"new"


def test_folders_are_made_if_asked_for(tmp_path):
    with pytest.raises(InvalidInputError, match="there is no folder"):
        write(tmp_path / "b" / "c" / "a")
    write(tmp_path / "b" / "c" / "a", make_folders=True)

    assert (tmp_path / "b" / "c" / "a").read_bytes() == b"new"


def test_a_folder_is_not_overwritten(tmp_path):
    with pytest.raises(InvalidInputError, match="is no ordinary file"):
        write(tmp_path)


def test_only_allowed_folders_are_read_and_written(tmp_path):
    (tmp_path / "in").mkdir()

    with allow_roots([tmp_path / "in"]):
        write(tmp_path / "in" / "a")
        assert read_bytes(tmp_path / "in" / "a", 9) == b"new"
        with pytest.raises(PathNotAllowedError):
            write(tmp_path / "b")
        with pytest.raises(PathNotAllowedError):
            open_file(tmp_path / "in" / ".." / "in.txt")


def test_a_full_disk_may_have_room_later(tmp_path, monkeypatch):
    def full(_handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    (tmp_path / "a").write_bytes(b"old")
    monkeypatch.setattr(disk.os, "fsync", full)

    with pytest.raises(TemporaryFailureError, match="No space left"):
        write(tmp_path / "a")

    assert (tmp_path / "a").read_bytes() == b"old"
    assert names(tmp_path) == ["a"]


def test_a_name_that_no_file_can_have_is_told(tmp_path):
    with pytest.raises(InvalidInputError, match="cannot be written: File name too long"):
        write(tmp_path / ("x" * 300))
