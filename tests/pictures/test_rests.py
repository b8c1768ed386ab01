"""When visits slept and waited."""

import pytest

from perdure.authoring.registry import Registry
from perdure.kernel import history
from perdure.pictures.rests import PAGE, Rest, find_rests, read_rests
from perdure.ports.commit import Written
from perdure.runtime.records import dump_events
from perdure.testing import Sandbox
from tests.app.parcels import declare


def told(*events):
    """Return events as a history, a second apart."""
    return [
        Written("run_1", at, float(at), "{}", dump_events([event]))
        for at, event in enumerate(events, 1)
    ]


def wait(visit=1):
    return history.WaitBegun("ask", visit, "go", None, None, None, None)


@pytest.mark.parametrize(
    ("begun", "ended", "state"),
    [
        (
            history.SleepBegun("ask", 1, 9.0, "x"),
            history.TimerEnded("ask", 1, "sleep", True),
            "sleeping",
        ),
        (wait(), history.SignalTaken("ask", 1, 1, "go"), "waiting"),
        (wait(), history.TimerEnded("ask", 1, "wait", True), "waiting"),
        (wait(), history.RunCancelled(), "waiting"),
        (
            history.JoinBegun("ask", 1, 1, None, None, None, None),
            history.JoinEnded("ask", 1, True),
            "waiting",
        ),
    ],
)
def test_a_rest_ends_by_what_ends_it(begun, ended, state):
    (rest,) = find_rests(told(begun, ended))

    assert (rest.step, rest.state, rest.begin, rest.end) == ("ask", state, 1.0, 2.0)


def test_a_rest_that_goes_on_has_no_end_and_tells_what_for():
    (rest,) = find_rests(told(wait()))

    assert rest == Rest(step="ask", state="waiting", begin=1.0, awaits="signal 'go'")


def test_what_ends_another_ends_it_not():
    rests = find_rests(told(wait(1), history.SignalTaken("ask", 2, 1, "go"), wait(3)))

    assert [rest.end for rest in rests] == [None, None]


def test_they_are_read_of_a_run_under_virtual_time():
    registry = Registry()
    declare(registry)
    with Sandbox(registry=registry) as engine:
        run = engine.start("parcel", nap=90.0)
        engine.clock.advance(minutes=2)
        engine.signal("courier", run_id=run.id)

        pack, ask = read_rests(engine.store, run.id)

    assert (pack.step, pack.state, pack.end - pack.begin) == ("pack", "sleeping", 90.0)
    assert (ask.step, ask.state, ask.end - ask.begin) == ("ask", "waiting", 30.0)
    assert PAGE > 1
