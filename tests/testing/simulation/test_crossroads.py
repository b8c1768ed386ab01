"""Waits with several ways out are drawn, and each end of one is held to the way that it had to take."""

import pytest

from perdure.authoring.plans import seal
from perdure.kernel import history as h
from perdure.kernel.directives import Complete, Next, Wait
from perdure.kernel.plan import Plan, PlanKind, StepPlan
from perdure.kernel.ways import Way
from perdure.ports.commit import Written
from perdure.ports.rows import InboxRow, Loaded
from perdure.testing.simulation.crossroads import EVEN, Crossroads, widen
from perdure.testing.simulation.scripts import Act, Script
from perdure.testing.simulation.track import Track
from perdure.testing.simulation.world import Violation

SIGNALS = ("go", "stop")
ASK = Script((Act(outcome=Wait(name="go")), Act(outcome=Complete())))
BEGUN = h.WaitBegun(
    "a", 1, "go", None, None, "b", None, accepts=EVEN,
    also=(Way(name="go", then="c"), Way(name="stop", key="k", then="d")),
)  # fmt: skip


def plan(name):
    steps = (StepPlan(name="a", coming=("go",)), StepPlan(name="b"))
    return seal(Plan(workflow=name, steps=steps, start="a"))


def look(payload, *events, message='["Signal",0,"go",null,true]', context="{}"):
    track = Track("run-1", plan("w"))
    track.inbox[4] = InboxRow(4, message, payload)
    news = [(Written("run-1", 1, 0.0, "[]", "[]"), [BEGUN, *events])]
    Crossroads().look(track, Loaded(row=None, context=context), news)


def taken(name="go", key=None):
    return h.SignalTaken("a", 1, 4, name, key=key)


def test_some_machines_get_more_ways_the_same_ones_each_time_and_know_their_names():
    drawn = [widen(plan(f"w{n}"), {"a": ASK, "b": ASK}, SIGNALS, (None, "k")) for n in range(40)]

    wide = [(made, scripts) for made, scripts in drawn if scripts["a"].acts[0].outcome.also]
    assert wide
    assert drawn[0] == widen(plan("w0"), {"a": ASK, "b": ASK}, SIGNALS, (None, "k"))
    for made, scripts in wide:
        names = {way.name for way in scripts["a"].acts[0].outcome.also}
        assert names <= set(made.step("a").coming)
        assert scripts["a"].acts[1].outcome == Complete()


def test_a_graph_has_no_waits_to_widen():
    graph = seal(Plan(workflow="g", kind=PlanKind.GRAPH, steps=(StepPlan(name="a"),)))
    scripts = {"a": Script((Act(outcome=Next()),))}

    assert widen(graph, scripts, SIGNALS, (None,)) == (graph, scripts)


@pytest.mark.parametrize(
    ("payload", "events"),
    [
        ('{"said-2":2}', (taken(), h.Moved("b"))),
        ('{"said-3":3}', (taken(), h.Moved("c"))),
        (None, (taken(), h.Moved("b"))),
        ('[{"said":1},{}]', (taken(), h.Moved("nowhere"))),
    ],
)
def test_the_first_way_that_takes_it_is_right(payload, events):
    look(payload, *events)


@pytest.mark.parametrize(
    ("rule", "payload", "events", "but"),
    [
        ("W2", '{"said-3":3}', (taken(), h.Moved("b")), {}),
        ("W2", '{"said-2":2}', (taken(), h.RunCompleted()), {}),
        ("W1", "{}", (taken("stop", "k"), h.Moved("d")), {}),
        ("W1", "{}", (taken("stop", "k"),), {"message": '["Signal",0,"stop","x",true]'}),
        (
            "W3",
            "{}",
            (taken(), h.Moved("b")),
            {"message": '["Signal",0,"go",null,true,"signal","{\\"n\\":1}"]'},
        ),
    ],
)
def test_another_way_or_a_context_that_has_not_what_it_wants_is_seen(rule, payload, events, but):
    with pytest.raises(Violation, match=rule):
        look(payload, *events, **but)


def test_only_a_signal_that_was_kept_may_pass_over_a_way_that_wants_a_fresh_one():
    track = Track("run-1", plan("w"))
    track.inbox[4] = InboxRow(4, '["Signal",0,"go",null,true]', '{"said-2":2}')
    judge, loaded = Crossroads(), Loaded(row=None, context="{}")
    written = Written("run-1", 1, 0.0, "[]", "[]")
    judge.look(track, loaded, [(written, [BEGUN, taken(), h.Moved("c")])])
    judge.look(track, loaded, [(written, [BEGUN])])

    with pytest.raises(Violation, match="W2"):
        judge.look(track, loaded, [(written, [taken(), h.Moved("c")])])
