"""A workflow's limit: what was set at run time holds before what its class declares."""

import pytest

from perdure.ports.limits import LimitRow

DECLARED = LimitRow("order", 3, 0, 0, None, 1)


@pytest.mark.parametrize(
    ("row", "holds", "lines_up"),
    [
        (DECLARED, 3, False),
        (DECLARED._replace(is_set=1, most=5), 5, True),
        (DECLARED._replace(is_set=1, most=None), None, True),
        (DECLARED._replace(declared=None, declared_waits=1), None, True),
        (DECLARED._replace(is_set=1, most=5, waits=0, declared_waits=1), 5, False),
    ],
)
def test_what_is_set_holds_before_what_is_declared(row, holds, lines_up):
    assert (row.holds, row.lines_up) == (holds, lines_up)
