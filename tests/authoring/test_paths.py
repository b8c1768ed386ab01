"""Which files functions may read and write."""

import os
from pathlib import Path

import pytest

from perdure.authoring.paths import (
    FILE_ROOTS,
    allow_roots,
    allowed_roots,
    readable_path,
    writable_path,
)
from perdure.errors import InvalidInputError, PathNotAllowedError


@pytest.mark.parametrize("may", [readable_path, writable_path])
def test_any_path_may_be_used_unless_roots_are_named(may, tmp_path):
    assert allowed_roots() is None
    with allow_roots([tmp_path / "in"]):
        assert allowed_roots() == (tmp_path / "in",)
        assert may(tmp_path / "in" / "a") == tmp_path / "in" / "a"
        with pytest.raises(PathNotAllowedError, match="may not be (read|written) by this run"):
            may(tmp_path / "in" / ".." / "b")
        with allow_roots(None):
            assert may("/etc/hosts") == Path("/etc/hosts").resolve()
    assert allowed_roots() is None


def test_the_operator_names_roots_for_all_functions_of_a_process(tmp_path, monkeypatch):
    monkeypatch.setenv(FILE_ROOTS, f"{tmp_path / 'a'}{os.pathsep}{tmp_path / 'b'}")

    assert allowed_roots() == (tmp_path / "a", tmp_path / "b")
    assert readable_path(tmp_path / "b" / "x") == tmp_path / "b" / "x"
    with pytest.raises(PathNotAllowedError, match=FILE_ROOTS) as raised:
        writable_path(tmp_path / "c")
    assert raised.value.kind == "path_not_allowed"
    with allow_roots(None):
        assert allowed_roots() is not None


def test_what_is_no_path_is_told():
    with pytest.raises(InvalidInputError, match="is no path"):
        readable_path("a\0b")


def test_a_link_leads_to_where_it_leads(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "link").symlink_to(tmp_path / "out")

    with allow_roots([tmp_path / "in"]), pytest.raises(PathNotAllowedError):
        readable_path(tmp_path / "in" / "link")


def test_the_roots_are_let_go_after_an_error(tmp_path):
    with pytest.raises(KeyError), allow_roots([tmp_path]):
        raise KeyError
    assert allowed_roots() is None
