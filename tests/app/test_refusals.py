"""Why a run would refuse a signal, told while its sender can hear."""

from perdure.app.refusals import plan_refusal, refusal_of, refused_by
from perdure.kernel import messages
from perdure.kernel.directives import Wait
from perdure.kernel.plan import Plan, PlanKind
from tests.runtime.scenes import machine, scene

PLAN = machine("ask", "tell")
YES = '{"required":["yes"]}'


def waiting():
    play = scene(PLAN)
    run = play.start()
    play.report(play.work("ask"), Wait(name="go", then="tell", accepts=YES))
    return play, run


def ask(play, run, name="go", *, match=None, payload=None):
    return refusal_of(play.process, run, name, key=None, match=match, payload=payload)


def test_a_run_refuses_what_its_wait_does_not_accept_and_nothing_else():
    play, run = waiting()

    assert ask(play, run) == '"yes" is a required property'
    assert ask(play, run, payload='{"yes":1}') == ""
    assert ask(play, run, "other") == ""
    assert ask(play, "nobody") == ""


def test_a_context_that_is_not_meant_and_an_end_are_told_first():
    play, run = waiting()
    loaded = play.loaded(run)

    assert "has not the 'n'" in refused_by(play.process, loaded, "go", None, '{"n":1}', None)
    play.tell(run, messages.Cancel())
    assert ask(play, run) == "the run is cancelled"


def test_a_graph_has_no_context_to_fit():
    assert plan_refusal(Plan(workflow="w", kind=PlanKind.GRAPH, schema="{}"), "{}") == ""
