"""What scripted runs must come to: each way to come to something else is seen."""

import pytest

from perdure.authoring.plans import seal
from perdure.kernel import history as h
from perdure.kernel.directives import Complete, Fail, Goto, Next, Sleep, Wait
from perdure.kernel.plan import Plan, PlanKind, RetryPolicy, StepPlan
from perdure.kernel.run import Status
from perdure.ports.commit import StepEnded, Written
from perdure.ports.rows import InboxRow, Loaded
from perdure.testing.simulation.model import ScriptJudge
from perdure.testing.simulation.scripts import Act, Script, result_of
from perdure.testing.simulation.track import Track
from perdure.testing.simulation.world import Violation
from perdure.wire.encoding import encode

TWICE = RetryPolicy(max_attempts=2)
STORY = seal(Plan(workflow="w", steps=(StepPlan(name="a", retry=TWICE),), start="a"))
WEB = seal(
    Plan(
        workflow="w",
        kind=PlanKind.GRAPH,
        steps=(StepPlan(name="a"), StepPlan(name="b", needs=("a",))),
    )
)


def judge(act, needs=()):
    return ScriptJudge({"w": {"a": Script((act,)), "b": Script((act,), needs)}})


def row(context):
    return Loaded(row=None, context=context)


def look(act, *events, trail=(), at=0.0):
    """Have the judge look at a run to which this has just happened."""
    track = Track("run-1", STORY)
    track.seq = 1
    track.succeeded = [(e.step, e.visit) for e in events if isinstance(e, h.StepSucceeded)]
    trail = list(trail or track.succeeded)
    news = [(Written("run-1", 1, at, "[]", "[]"), list(events))]
    judge(act).look(track, row(encode({"trail": trail})), news)


DONE = h.StepSucceeded("a", 1, 1)


@pytest.mark.parametrize(
    ("asked", "events"),
    [
        (Goto("b"), (h.Moved("b"),)),
        (Sleep(5.0), (h.SignalDropped(1, "x"), h.SleepBegun("a", 1, 15.0, "a"))),
        (Sleep(5.0, "b"), (h.SleepBegun("a", 1, 15.0, "b"),)),
        (
            Wait(name="go", timeout=5.0, on_timeout="b"),
            (h.WaitBegun("a", 1, "go", None, 15.0, None, "b"),),
        ),
        (Complete(), (h.RunCompleted(),)),
        (Fail("no"), (h.RunFailed("a", "failed", "no"),)),
    ],
)
def test_what_a_step_asks_for_is_what_follows(asked, events):
    look(Act(outcome=asked), DONE, *events, at=10.0)

    with pytest.raises(Violation, match="model"):
        look(Act(outcome=asked), DONE, h.Moved("z"), at=10.0)


@pytest.mark.parametrize(
    ("act", "event"),
    [
        (Act(outcome=Goto("b"), fatal=True), DONE),
        (Act(outcome=Goto("b"), flaky=1), DONE),
        (Act(outcome=Goto("b")), h.AttemptFailed("a", 1, 1, "flaky", "")),
        (Act(outcome=Goto("b"), flaky=9), h.AttemptFailed("a", 1, 2, "flaky", "")),
        (Act(outcome=Goto("b"), flaky=9), h.StepFailed("a", 1, 1, "flaky", "")),
        (Act(outcome=Goto("b"), fatal=True), h.AttemptFailed("a", 1, 1, "fatal", "")),
        (Act(outcome=Goto("b")), h.StepFailed("a", 1, 1, "store_refused", "")),
        (Act(outcome=Goto("b")), h.StepFailed("a", 1, 2, "worker_died", "")),
        (Act(outcome=Goto("b")), h.AttemptFailed("a", 1, 2, "timeout", "")),
        (Act(outcome=Goto("b")), h.StepFailed("a", 1, 2, "engine_error", "")),
    ],
)
def test_an_end_that_the_script_does_not_have_is_seen(act, event):
    with pytest.raises(Violation, match="model"):
        look(act, event, h.Moved("b"))


@pytest.mark.parametrize(
    ("act", "event"),
    [
        (Act(outcome=Goto("b"), flaky=9), h.AttemptFailed("a", 1, 1, "flaky", "")),
        (Act(outcome=Goto("b"), flaky=9), h.StepFailed("a", 1, 2, "flaky", "")),
        (Act(outcome=Goto("b"), fatal=True), h.StepFailed("a", 1, 1, "fatal", "")),
        (Act(outcome=Goto("b"), unkeepable=True), h.StepFailed("a", 1, 1, "store_refused", "")),
        (Act(outcome=Goto("b")), h.AttemptFailed("a", 1, 2, "worker_died", "")),
        (Act(outcome=Goto("b")), h.StepFailed("a", 1, 3, "worker_died", "")),
        (Act(outcome=Goto("b")), h.StepFailed("a", 1, 2, "timeout", "")),
    ],
)
def test_an_end_that_the_script_has_is_right(act, event):
    look(act, event)


def test_a_context_that_lost_a_step_is_seen():
    with pytest.raises(Violation, match="model"):
        look(Act(outcome=Goto("b")), DONE, h.Moved("b"), trail=[["z", 1]])


def test_every_payload_that_was_taken_is_in_the_context_at_the_end():
    track = Track("run-1", STORY)
    track.run.status = Status.COMPLETED
    track.earlier.takes(InboxRow(4, "[]", '{"said-1":1}'))
    judging = judge(Act(outcome=Complete()))

    judging.end(track, row('{"trail":[],"said-1":1}'), None)

    with pytest.raises(Violation, match="model"):
        judging.end(track, row('{"trail":[]}'), None)


class Ended:
    """A store in which these steps have ended."""

    def __init__(self, *rows):
        self._rows = rows

    def steps(self, _run):
        return [
            StepEnded("run-1", step, 1, 1, status, 0.0, 0.0, output, None, None)
            for step, status, output in self._rows
        ]


A = result_of("a", [])
B = result_of("b", [A])


def end_of_graph(*rows, status=Status.COMPLETED):
    track = Track("run-1", WEB)
    track.run.status = status
    judge(Act(outcome=Next()), ("a",)).end(track, row("{}"), Ended(*rows))


def test_a_graphs_results_are_worked_out_again():
    end_of_graph(("a", "completed", A), ("b", "completed", B))


@pytest.mark.parametrize(
    "rows",
    [
        (("a", "completed", A), ("b", "completed", A)),
        (("a", "completed", A),),
        (("a", "completed", A), ("a", "completed", A), ("b", "completed", B)),
        (("a", "completed", A), ("b", "failed", None)),
    ],
)
def test_wrong_results_of_a_graph_are_seen(rows):
    with pytest.raises(Violation, match="model"):
        end_of_graph(*rows)


def test_a_graph_that_failed_may_lack_results():
    end_of_graph(("a", "failed", None), status=Status.FAILED)
