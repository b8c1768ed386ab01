"""What is asked of workflows is checked where it comes in."""

import pytest
from pydantic import ValidationError

from perdure.wire.definitions import ListRequest


def test_a_list_is_asked_for_in_its_words():
    """S004-19 to S004-21, A004-37."""
    request = ListRequest()

    assert (request.limit, request.offset, request.sort, request.status) == (
        *(50, 0, "created_at", None),
    )


@pytest.mark.parametrize(
    "wrong", [{"status": "odd"}, {"sort": "size"}, {"limit": 0}, {"limit": 501}, {"offset": -1}]
)
def test_other_words_are_refused(wrong):
    """A004-37: at most 500."""
    with pytest.raises(ValidationError):
        ListRequest(**wrong)
