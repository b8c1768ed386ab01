"""A definition's status: that of its latest run, in the words of document 004."""

import pytest

from perdure.ports.definitions import status_of


@pytest.mark.parametrize(
    ("latest", "status"),
    [
        (None, "created"),
        ("pending", "running"),
        ("waiting", "running"),
        ("cancelling", "running"),
        ("completed", "completed"),
        ("failed", "failed"),
        ("cancelled", "cancelled"),
    ],
)
def test_a_definition_stands_as_its_latest_run_does(latest, status):
    """A004-12."""
    assert status_of(False, latest) == status


def test_an_archived_one_is_archived_whatever_runs():
    assert status_of(True, "running") == "archived"
