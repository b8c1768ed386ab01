"""The folder that a store is made in."""

import pytest

from perdure.app.places import prepare
from perdure.errors import StorePlaceError


def test_the_default_folder_is_closed_to_others_and_ignores_itself(tmp_path):
    prepare(tmp_path / ".perdure" / "perdure.db")

    folder = tmp_path / ".perdure"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / ".gitignore").read_text() == "*\n"


def test_a_folder_of_another_name_gets_no_file(tmp_path):
    prepare(tmp_path / "data" / "x.db")

    assert list((tmp_path / "data").iterdir()) == []


def test_a_folder_that_is_there_is_left_as_it_is(tmp_path):
    (tmp_path / ".perdure").mkdir(mode=0o755)

    prepare(tmp_path / ".perdure" / "perdure.db")

    assert list((tmp_path / ".perdure").iterdir()) == []


def test_a_folder_that_cannot_be_made_is_an_error_that_says_what_to_set(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(StorePlaceError, match="PERDURE_STORE"):
        prepare(tmp_path / "file" / "below" / "x.db")
