"""What a process does where a run finds no place: it waits in line, or who asked is told."""

from dataclasses import replace

import pytest

from perdure.errors import LimitReachedError, StoreFullError
from perdure.kernel import messages
from perdure.kernel.directives import Complete, Fail, Wait
from perdure.ports.commit import Commit
from perdure.ports.limits import Declared, LimitRow
from perdure.runtime.draft import ADMITS
from perdure.runtime.limits import DeclaredLimits
from tests.runtime.scenes import TroubledStore, hosting, machine, scene, workflow

PLAN = machine("a", "b")
NAME = PLAN.workflow


def limited(store=None, most=1, waits=1):
    play = scene(PLAN, store=store)
    play.store.limits.put(LimitRow(NAME, None, 1, 1, most, waits), ADMITS)
    return play


def test_a_run_that_finds_no_place_is_born_in_line_and_begins_with_the_end_of_another():
    play = limited()
    play.start()
    second = play.start()
    before = play.statuses()
    play.report(play.hands.works[0], Complete())

    assert before == {"running": 1, "pending": 1}
    assert play.hands.works[1].run == second


def test_who_is_refused_is_answered_and_nothing_is_born():
    play = limited(waits=0)
    play.start()
    birth = play.birth()
    play.process.ledger.put(birth)
    play.drive()

    assert isinstance(birth.reply.answer.error, LimitReachedError)
    assert play.statuses() == {"running": 1}


def test_a_run_that_nobody_asks_for_waits_in_line_even_so():
    play = limited(waits=0)
    play.start()
    birth = play.birth()
    birth.reply = None
    play.process.ledger.put(birth)
    play.drive()

    assert play.statuses() == {"running": 1, "pending": 1}


def test_a_retry_without_a_place_is_refused_and_what_else_is_told_is_kept():
    play = limited()
    failed = play.start()
    play.report(play.hands.works[0], Fail("no"))
    play.start()
    retried = play.tell(failed, messages.Retry())
    again = play.tell(failed, messages.Retry())
    play.report(play.hands.works[1], Complete())

    assert isinstance(retried.error, LimitReachedError)
    assert isinstance(again.error, LimitReachedError)
    assert play.tell(failed, messages.Retry()).events
    assert play.statuses() == {"completed": 1, "running": 1}


def test_a_run_that_another_process_has_put_in_line_begins_here_all_the_same():
    """Two may bear one run; what this one remembers of its try must not keep the run in line."""
    play = limited(store := TroubledStore.quiet())
    other = scene(PLAN, store=store.sibling(), clock=play.clock)
    play.start()
    birth = play.birth()
    store.then(None, (StoreFullError("no room"), "before"))
    play.process.ledger.put(birth)
    with pytest.raises(StoreFullError):
        play.drive()
    other.process.ledger.put(replace(birth, reply=None))
    other.drive()

    play.report(play.hands.works[0], Complete())

    assert play.hands.works[1].run == birth.run


def test_a_run_that_rests_keeps_its_place():
    play = limited()
    play.start()
    play.report(play.hands.works[0], Wait(name="go", then="b"))
    play.start()

    assert play.statuses() == {"waiting": 1, "pending": 1}


@pytest.mark.parametrize("waits", [0, 1])
def test_what_a_class_declares_is_told_once_and_again_when_it_is_another(waits):
    flow = workflow(PLAN)
    on_limit = "wait" if waits else "refuse"
    registry = hosting(
        type(flow)(plan=PLAN, begin=flow.begin, bodies=flow.bodies, max_live=3, on_limit=on_limit)
    )
    told = DeclaredLimits(registry)
    first, second, third = (Commit(batch=n, now=0.0) for n in range(3))

    told.declare(first)
    told.declared()
    told.declare(second)
    registry.add(flow)
    told.declare(third)

    assert first.limits == [Declared(NAME, 3, waits)]
    assert second.limits == []
    assert third.limits == [Declared(NAME, None, 1)]
    assert (first.only_claims(), third.only_claims()) == (False, True)
