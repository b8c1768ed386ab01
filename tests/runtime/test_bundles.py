"""Starts and signals written together: they are there as a whole, and looked at afterwards."""

import pytest

from perdure.errors import RunNotFoundError
from perdure.kernel import messages
from perdure.kernel.directives import Wait
from perdure.ports.rows import Announced
from perdure.runtime.bundles import Bundle, SignalStart
from perdure.runtime.records import dump_message
from tests.runtime.scenes import NOW, machine, scene, signal_row

PLAN = machine("a", "b")
GO = dump_message(messages.Signal(id=0, name="go", addressed=True))
ALL = dump_message(messages.Signal(id=0, name="go"))


def waiting(play):
    run = play.start()
    play.report(play.work("a"), Wait(name="go", then="b"))
    return run


def bundle_of(play, *to, everyone=False):
    rows = [signal_row(run, GO) for run in to]
    broadcasts = [Announced("go", ALL, None, None, None, NOW)] if everyone else []
    return Bundle([play.birth(), play.birth()], rows, broadcasts)


@pytest.mark.parametrize("everyone", [False, True])
def test_what_is_written_together_is_applied_once_the_ledger_looks(everyone):
    play = scene(PLAN)
    run = waiting(play)
    bundle = bundle_of(play, *(() if everyone else (run,)), everyone=everyone)

    numbers = play.process.bundles.write(bundle)
    before = play.statuses()
    play.process.bundles.take_up(bundle, numbers)
    play.drive()

    assert before == {"waiting": 1, "pending": 2}
    assert play.statuses() == {"running": 3}
    assert sorted(play.held) == ["a", "a", "b"]


def test_a_message_for_nobody_undoes_the_rest():
    play = scene(PLAN)

    with pytest.raises(RunNotFoundError):
        play.process.bundles.write(bundle_of(play, "run_nobody"))

    assert play.statuses() == {}


def test_bundles_are_marked_apart_from_each_other_and_from_the_ledgers_batches():
    play = scene(PLAN)
    bundles = [bundle_of(play) for _ in range(2)]
    for bundle in bundles:
        play.process.bundles.write(bundle)

    marks = [play.loaded(bundle.births[0].run).row.batch for bundle in bundles]
    assert len({*marks, play.loaded(play.start()).row.batch}) == 3


# -- signals that may start their runs -----------------------------------------------------------
def signal_start(play, key=None, unique="u"):
    birth = play.birth()
    birth.born = birth.born._replace(unique_key=unique)
    return SignalStart(birth, signal_row(birth.run, GO, '{"n":1}'), key)


def brought(play, *asked):
    bundle = Bundle(signal_starts=list(asked))
    made = play.process.bundles.write(bundle)
    play.process.bundles.take_up(bundle, made)
    play.drive()
    return made.runs


def test_a_signal_starts_its_run_where_none_has_the_key_and_all_of_them_have_one_run():
    play = scene(PLAN)
    first, second = signal_start(play), signal_start(play)

    runs = brought(play, first, second)
    again = brought(play, signal_start(play))

    assert {*runs, *again} == {first.birth.run}
    assert play.statuses() == {"running": 1}
    assert len(play.loaded(first.birth.run).kept) == 3


def test_it_goes_to_the_run_that_lives_and_starts_one_after_its_end():
    play = scene(PLAN)
    (first,) = brought(play, signal_start(play))
    play.tell(first, messages.Cancel())

    (second,) = brought(play, signal_start(play))

    assert second != first
    assert play.statuses() == {"cancelled": 1, "running": 1}


def test_under_a_key_it_is_written_once_though_its_run_has_ended_since():
    play = scene(PLAN)
    asked = signal_start(play, key="once")
    (first,) = brought(play, asked)
    play.tell(first, messages.Cancel())

    assert brought(play, asked, signal_start(play, key="once")) == []
    assert play.statuses() == {"cancelled": 1}
