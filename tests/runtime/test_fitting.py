"""A signal fits a wait by what it brings and wants, when it comes and when its wait does."""

import pytest

from perdure.kernel import messages
from perdure.kernel.directives import Complete, Goto, Wait
from perdure.kernel.plan import StepPlan
from perdure.kernel.ways import Unfit, Way
from perdure.ports.commit import InboxMade
from perdure.runtime.envelopes import Poke
from perdure.runtime.fitting import fitted, fitted_outcome, refusal
from perdure.runtime.records import dump_message
from tests.runtime.scenes import begun, machine, reported, scene, told

PLAN = machine("ask", "tell", "undo")
YES = '{"properties":{"yes":{"const":true}},"required":["yes"]}'
CONTEXT = '{"n":1}'


@pytest.mark.parametrize(
    ("way", "match", "payload", "why"),
    [
        (Way(name="go"), "", None, ""),
        (Way(name="go"), '{"n":1}', None, ""),
        (Way(name="go"), '{"n":2}', None, "its context has not the 'n' that the signal is for"),
        (Way(name="go", accepts=YES), "", '{"yes":true}', ""),
        (Way(name="go", accepts=YES), "", '{"yes":false}', "yes: true was expected"),
        (Way(name="go", accepts=YES), "", None, '"yes" is a required property'),
        (Way(name="go", match='{"p":1}'), "", '{"p":1,"q":2}', ""),
        (Way(name="go", match='{"p":1}'), "", '{"p":2}', "it waits for another 'p'"),
        (Way(name="go", match='{"p":1}'), "", '[{"p":1},{"event":"e"}]', ""),
    ],
)
def test_a_signal_fits_by_what_it_wants_and_what_it_brings(way, match, payload, why):
    assert refusal(way, match, payload, CONTEXT) == why


def test_which_ways_of_the_open_wait_it_does_not_fit_is_told_with_it():
    hot = begun(PLAN)
    told(hot, reported("ask", Wait(name="go", accepts=YES, also=(Way(name="go"), Way(name="x")))))
    go = messages.Signal(id=5, name="go")

    assert fitted(hot, go, '{"yes":false}').unfit == (Unfit(0, "yes: true was expected"),)
    assert fitted(hot, go, '{"yes":true}') is go


def test_where_nothing_waits_everything_fits_and_so_do_other_messages():
    hot = begun(PLAN)
    go = messages.Signal(id=5, name="go", match='{"n":2}')
    pause = messages.Pause()

    assert fitted(hot, go, None) is go
    assert fitted(hot, pause, None) is pause


def test_what_was_kept_is_looked_at_again_when_its_wait_comes():
    hot = begun(PLAN, context=CONTEXT)
    told(hot, messages.Signal(id=5, name="go", match='{"n":2}'), inbox=5)
    told(hot, messages.Signal(id=6, name="go"), inbox=6, payload='{"yes":false}')
    told(hot, messages.Signal(id=7, name="other"), inbox=7)
    report = reported("ask", Wait(name="go", accepts=YES))

    unfit = fitted_outcome(hot, report, None).unfit
    later = fitted_outcome(hot, report, '{"n":2}').unfit

    assert [(each.signal, each.way) for each in unfit] == [(5, 0), (6, 0)]
    assert [each.why for each in later] == [
        '"yes" is a required property',
        "yes: true was expected",
    ]


def test_a_report_that_asks_for_no_wait_or_finds_all_fitting_is_left_alone():
    hot = begun(PLAN)
    told(hot, messages.Signal(id=5, name="go"), inbox=5)

    for outcome in (Goto("tell"), Complete(), Wait(name="go")):
        report = reported("ask", outcome)

        assert fitted_outcome(hot, report, None) is report


# -- in a process --------------------------------------------------------------------------------


def send(play, run, payload, **signal):
    message = dump_message(messages.Signal(id=0, name="go", **signal))
    play.store.put([InboxMade(run, message, payload, None)])
    play.process.ledger.put(Poke(run))
    play.drive()


def test_a_signal_that_is_not_accepted_leaves_the_wait_and_a_later_one_ends_it():
    play = scene(PLAN)
    run = play.start()
    play.report(play.work("ask"), Wait(name="go", then="tell", accepts=YES))

    send(play, run, '{"yes":false}')
    waits = [row.name for row in play.loaded(run).waits]
    send(play, run, '{"yes":true}')

    assert waits == ["go"]
    assert play.hands.works[-1].brought == '{"yes":true}'


def test_one_that_was_kept_and_does_not_fit_is_dropped_at_the_wait():
    play = scene(PLAN)
    run = play.start()
    send(play, run, '{"yes":false}')

    play.report(play.work("ask"), Wait(name="go", then="tell", accepts=YES))

    assert [row.name for row in play.loaded(run).waits] == ["go"]
    assert play.loaded(run).kept == ()


def test_so_is_one_where_somebody_settles_a_step_into_its_wait():
    pay = StepPlan(name="ask", at_most_once=True)
    play = scene(machine(pay, "tell"))
    run = play.start()
    send(play, run, '{"yes":false}')
    play.tell(run, messages.Lost("ask", 1, 1))

    wait = Wait(name="go", then="tell", accepts=YES)
    play.tell(run, messages.Settle(step="ask", visit=1, attempt=1, outcome=wait))

    assert [row.name for row in play.loaded(run).waits] == ["go"]
    assert play.loaded(run).kept == ()
