"""A wait is a row for each way out of it, and a wait again."""

from perdure.kernel import history
from perdure.kernel.run import Waiting
from perdure.kernel.ways import Way
from perdure.ports.rows import WaitRow
from perdure.runtime.ways import kinds_of, rows_of, waiting_of

GONE = Way(name="gone", kind="event", key="7", match='{"n":1}', then="c")
OFF = Way(name="off", then="c")
BEGUN = history.WaitBegun("ask", 1, "paid", "k", 9.0, "b", "late", accepts="{}", also=(GONE, OFF))


def read(made):
    """Return a row as a store gives it back."""
    return WaitRow(*made[1:9], *made[10:])


def test_a_wait_comes_back_as_it_was_in_whatever_order_its_rows_come():
    rows = [read(made) for made in rows_of("run_1", "story", BEGUN)]

    assert waiting_of(rows[::-1]) == Waiting(
        visit=1, name="paid", key="k", due=9.0, then="b", on_timeout="late", accepts="{}",
        also=(GONE, OFF),
    )  # fmt: skip


def test_a_wait_with_one_way_is_one_row():
    begun = history.WaitBegun("ask", 1, "paid", None, None, None, None)

    (made,) = rows_of("run_1", "story", begun)

    assert (made.run, made.workflow, made.kind, made.way) == ("run_1", "story", "signal", 0)
    assert (made.match, made.accepts) == (None, None)
    assert waiting_of([read(made)]) == Waiting(visit=1, name="paid")


def test_each_kind_of_its_ways_is_told_once():
    assert kinds_of(BEGUN) == ("signal", "event")
