"""Where something is only tried out, nothing is sent and nothing written."""

import pytest

from perdure.authoring.paths import readable_path, writable_path
from perdure.outgoing.fetching import fetch
from perdure.outgoing.trials import NotMockedError, refuse_in_trial, trying


def test_outside_of_a_trial_everything_is_done():
    refuse_in_trial("does anything")


def test_in_a_trial_no_request_is_sent():
    with trying(), pytest.raises(NotMockedError, match="sends a request to 'https://x.example/'"):
        fetch("https://x.example/?key=secret")


def test_in_a_trial_no_file_is_written_and_any_is_read(tmp_path):
    with trying():
        assert readable_path(tmp_path) == tmp_path.resolve()
        with pytest.raises(NotMockedError, match="mock_steps"):
            writable_path(tmp_path / "a")
    assert writable_path(tmp_path / "a")
