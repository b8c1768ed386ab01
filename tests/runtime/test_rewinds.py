"""What is written when a run goes back, or begins as another one stood."""

import pytest

from perdure.kernel import messages
from perdure.kernel.directives import Goto, Wait
from perdure.kernel.plan import StepPlan
from perdure.ports.commit import CalledOff
from perdure.runtime.rewinds import pack_found
from perdure.runtime.traces import whole
from tests.runtime.scenes import begun, done, graph, hot_run, machine, reported, told

PLAN = machine("a", "b", deadline=60.0)
BACK = messages.Rewind("a", 1, 1, "ann", "why")


def at_b(plan=PLAN, children=0):
    hot = begun(plan, context='{"n":0}')
    outcome = Goto("b")
    report = messages.Report("a", 1, 1, outcome, children)
    told(hot, report, done=done(hot, "a", outcome, context='{"n":1}'))
    return hot


def test_the_earlier_context_takes_its_place_and_a_row_says_so():
    hot = at_b()

    draft = told(hot, BACK, payload=pack_found('{"n":0}', None))
    commit = draft.finish()

    assert hot.context == '{"n":0}'
    assert commit.contexts == [("run_1", '{"n":0}')]
    (row,) = commit.steps
    assert (row.step, row.visit, row.status, row.context) == ("a", 0, "rewound", whole('{"n":0}'))
    assert draft.stops == [("run_1", "b", 1)], "what runs of it is stopped"
    assert [job.visit for job in commit.jobs_made] == [2]
    assert [timer.kind for timer in commit.timers_made] == ["deadline"]


def test_the_visit_is_given_again_what_it_was_given():
    hot = begun(PLAN)
    told(hot, reported("a", Wait(name="go", then="b")))
    told(hot, messages.Signal(id=5, name="go"), inbox=5, payload='{"ok":true}')

    back = messages.Rewind("b", 1, 1)
    commit = told(hot, back, payload=pack_found("{}", '{"ok":true}')).finish()

    assert [(job.step, job.payload) for job in commit.jobs_made] == [("b", '{"ok":true}')]


def test_what_lay_beside_the_context_is_not_given_to_another_visit():
    hot = begun(PLAN)
    told(hot, reported("a", Wait(name="go", then="b")))
    told(hot, messages.Pause())
    told(hot, messages.Signal(id=5, name="go"), inbox=5, payload='{"ok":true}')

    commit = told(hot, BACK, payload=pack_found("{}", None)).finish()

    assert hot.beside is None
    assert [job.payload for job in commit.jobs_made] == [None]
    assert commit.kept_gone == [("run_1", 5)]


def test_its_children_are_called_off():
    hot = at_b()
    hot.run.brood = hot.run.brood.as_number(1).with_more(2)

    commit = told(hot, BACK, payload=pack_found("{}", None)).finish()

    told_ = '["Cancel","parent","its parent run_1 was rewound"]'
    assert commit.called_off == [CalledOff("run_1", told_)]


def test_a_graph_that_goes_back_without_a_change_keeps_its_inputs_and_needs_no_row():
    hot = begun(graph(StepPlan(name="a"), StepPlan(name="b", needs=("a",))), context='{"x":1}')

    commit = told(hot, BACK).finish()

    assert hot.context == '{"x":1}'
    assert commit.steps == []


@pytest.mark.parametrize(("plan", "timers"), [(PLAN, ["deadline"]), (machine("a", "b"), [])])
def test_a_fork_begins_with_what_the_visit_was_given(plan, timers):
    hot = hot_run(plan, context="{}")

    fork = messages.Fork("run_0", "b", 3)
    commit = told(hot, fork, payload='{"ok":true}').finish()

    assert [(job.step, job.payload) for job in commit.jobs_made] == [("b", '{"ok":true}')]
    assert [timer.kind for timer in commit.timers_made] == timers


def test_a_fork_of_a_visit_that_was_given_nothing_begins_with_the_context_alone():
    commit = told(hot_run(PLAN), messages.Fork("run_0", "b", 3)).finish()

    assert [job.payload for job in commit.jobs_made] == [None]


def test_a_run_without_a_deadline_has_none_when_it_went_back():
    hot = at_b(machine("a", "b"))

    assert told(hot, BACK, payload=pack_found("{}", None)).finish().timers_made == []
