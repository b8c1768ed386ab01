"""Where a run stood before its visits."""

from perdure.kernel import history
from perdure.ports.rows import InboxRow
from perdure.testing.simulation.earlier import Earlier, forked_from

FIRST = InboxRow(1, "[]", '{"x":1}')
SECOND = InboxRow(2, "[]", None)


def test_a_run_goes_back_to_what_had_succeeded_and_was_told_before_a_visit():
    earlier = Earlier()
    earlier.begins(("a", 1), [])
    earlier.takes(FIRST)
    earlier.begins(("b", 1), [("a", 1)])
    earlier.takes(SECOND)

    assert earlier.goes_back(("b", 1)) == [("a", 1)]
    assert (earlier.told, earlier.rewound) == ([FIRST], True)
    assert earlier.goes_back(("a", 1)) == []
    assert earlier.told == []


def test_the_event_of_a_fork_is_found():
    fork = history.RunForked("run_0", "a", 1, "", "", "")

    assert forked_from([(None, [history.RunStarted()]), (None, [fork])]) is fork
    assert forked_from([(None, [history.RunStarted()])]) is None
