"""What the events of a run in line write."""

from perdure.kernel import messages
from tests.runtime.scenes import NOW, hot_run, machine, told

ASK = machine("ask", "tell")


def test_a_run_in_line_has_a_wait_there_and_keeps_what_its_event_brought():
    hot = hot_run(ASK)

    commit = told(hot, messages.LineUp(), inbox=5, payload='{"n":1}').finish()

    (wait,) = commit.waits_made
    (kept,) = commit.kept_made
    assert (wait.kind, wait.name, wait.due) == ("line", ASK.workflow, NOW)
    assert (kept.signal, kept.payload) == (5, '{"n":1}')


def test_a_run_whose_turn_has_come_leaves_the_line_and_asks_for_its_place():
    hot = hot_run(ASK)
    told(hot, messages.LineUp())

    commit = told(hot, messages.Start()).finish()

    assert [(gone.kind, gone.fenced) for gone in commit.waits_gone] == [("line", 0)]
    assert [each.run for each in commit.entering] == ["run_1"]
