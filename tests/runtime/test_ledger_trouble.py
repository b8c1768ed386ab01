"""Whatever a commit comes to, no message is lost, and one that cannot be applied is alone in it."""

import pytest

from perdure.errors import (
    CommitUnknownError,
    StoreBusyError,
    StoreError,
    StoreFullError,
    StoreRefusedError,
)
from perdure.kernel import messages
from perdure.kernel.directives import Complete, Goto, Sleep
from perdure.kernel.plan import StepPlan
from perdure.runtime.envelopes import Poke, Ticket, Told
from tests.runtime.scenes import TroubledStore, machine, scene, signal_row

PLAN = machine("a", "b")
UNREADABLE = '{"text":"\ud800"}'  # half a character: no database keeps it


def troubled(*held, **options):
    store = TroubledStore.quiet()
    play = scene(*(held or (PLAN,)), store=store, **options)
    return play, store


# -- commits whose end is not known ---------------------------------------------------------
def test_a_commit_that_took_place_after_all_is_known_by_its_history():
    play, store = troubled()
    store.then((CommitUnknownError("the line went dead"), "after"))
    birth = play.birth()

    play.process.ledger.put(birth)
    play.drive()

    assert birth.reply.answer.found
    assert play.held == ["a"], "its attempt begins"
    assert len(play.store.history(birth.run)) == 1


def test_a_commit_that_did_not_take_place_is_made_again():
    play, store = troubled()
    run = play.start()
    store.then((CommitUnknownError("the line went dead"), "before"))

    play.report(play.work("a"), Goto("b"))

    assert play.status(run) == "running"
    assert play.loaded(run).row.cursor == "b"
    assert len(play.store.history(run)) == 2


def test_a_birth_of_which_nobody_can_say_whether_it_took_place_is_made_again():
    play, store = troubled()
    store.then((CommitUnknownError("the line went dead"), "undone"))
    birth = play.birth(key="once")

    play.process.ledger.put(birth)
    play.drive()

    assert birth.reply.answer.found
    assert play.store.by_start_key("once") == birth.run


def test_what_is_told_to_a_run_in_the_batch_of_its_birth_waits_until_it_is_there():
    """The birth may find its key taken, and then there is no such run."""
    play, _ = troubled()
    play.start(key="once")
    birth, ticket = play.birth(key="once"), Ticket()

    play.process.ledger.put_all([birth, Told(birth.run, messages.Pause(), reply=ticket)])
    play.drive()

    assert not birth.reply.answer.found
    assert not ticket.answer.found


def test_a_report_whose_commit_took_place_after_all_is_not_applied_twice():
    play, store = troubled()
    run = play.start()
    store.then((CommitUnknownError("the line went dead"), "after"))

    play.report(play.work("a"), Goto("b"))

    assert [step.step for step in play.store.steps(run)] == ["a"]
    assert play.held == ["b"]


@pytest.mark.parametrize("when", ["after", "undone"])
def test_it_is_asked_also_where_the_run_was_loaded_under_the_lock(when):
    play, store = troubled()
    run = play.start()
    store.then((CommitUnknownError("the line went dead"), when))
    ticket = Ticket()

    play.process.ledger.put(Told(run, messages.Pause(), reply=ticket, again=True))
    play.drive()

    assert play.loaded(run).row.paused
    assert ticket.answer.events
    assert len(play.store.history(run)) == 2


def test_a_transaction_that_nobody_knows_to_have_begun_is_tried_again():
    play, store = troubled()
    run = play.start()
    store.then((CommitUnknownError("the line went dead"), "before"))
    play.process.ledger.put(Told(run, messages.Pause(), again=True))

    with pytest.raises(CommitUnknownError):
        play.drive()
    play.drive()

    assert play.loaded(run).row.paused


# -- a store that cannot now ----------------------------------------------------------------
def test_where_others_write_the_turn_is_left_to_who_waits():
    play, store = troubled()
    run = play.start()
    told = []
    play.process.ledger.on_busy = lambda: told.append("busy")
    store.then((StoreBusyError("others write"), "before"))
    play.put(play.work("a"), Goto("b"))

    play.process.ledger.drive()
    kept = play.process.ledger.waiting
    play.drive()

    assert (told, kept) == (["busy"], 1)
    assert play.loaded(run).row.cursor == "b"


def test_a_full_disk_refuses_what_begins_and_keeps_what_was_reported():
    play, store = troubled()
    run = play.start()
    birth = play.birth()
    play.put(play.work("a"), Goto("b"))
    play.process.ledger.put(birth)
    store.then((StoreFullError("no room"), "before"))

    with pytest.raises(StoreFullError):
        play.drive()
    refused = birth.reply.answer
    play.drive()

    assert isinstance(refused.error, StoreFullError)
    assert play.loaded(run).row.cursor == "b"
    assert play.statuses() == {"running": 1}


def test_slots_that_were_kept_for_a_commit_that_failed_are_free_again():
    play, store = troubled(slots=1)
    store.then((StoreFullError("no room"), "before"))
    play.process.ledger.put(play.birth())
    with pytest.raises(StoreFullError):
        play.drive()

    play.start()

    assert play.held == ["a"]


def test_a_store_that_fails_otherwise_keeps_the_messages_in_their_order():
    play, store = troubled()
    run = play.start()
    store.then((StoreError("not now"), "before"))
    play.process.ledger.put_all([Told(run, messages.Pause("1")), Told(run, messages.Resume("2"))])

    with pytest.raises(StoreError, match="not now"):
        play.drive()
    play.drive()

    assert [row.message for row in play.store.history(run)][1:] == [
        '["Pause","1",""]',
        '["Resume","2",""]',
    ]


def test_an_interrupt_in_the_midst_of_a_turn_loses_nothing():
    """Ctrl-C strikes whoever turns the ledger, and that may be the main thread."""
    play, store = troubled()
    run = play.start()
    store.then((KeyboardInterrupt(), "before"))
    play.put(play.work("a"), Goto("b"))

    with pytest.raises(KeyboardInterrupt):
        play.drive()
    play.drive()

    assert play.loaded(run).row.cursor == "b"


def test_a_claim_that_the_store_refuses_is_told_to_who_turns():
    """There is no message to answer with it; going round for ever would not help."""
    play, store = troubled()
    slots = play.process.crew.slots
    slots.accepts = False
    play.start()
    slots.accepts = True
    slots.backlog()
    store.then((StoreRefusedError("a damaged index"), "before"))

    with pytest.raises(StoreRefusedError, match="a damaged index"):
        play.drive()
    slots.backlog()
    play.drive()

    assert play.held == ["a"]


# -- a message that cannot be applied -------------------------------------------------------
def test_a_result_that_the_store_refuses_fails_its_attempt_and_no_other():
    play, _ = troubled()
    runs = [play.start() for _ in range(9)]
    works = {work.run: work for work in play.hands.works}
    for run in runs:
        play.put(works[run], Complete(), context=UNREADABLE if run == runs[4] else "{}")

    play.drive()

    assert play.statuses() == {"completed": 8, "failed": 1}
    assert '"store_refused"' in play.loaded(runs[4]).row.error


def test_a_refused_result_is_not_tried_again():
    play, _ = troubled(machine(StepPlan(name="a")))
    play.start()

    play.report(play.work("a"), Complete(), output=UNREADABLE)

    assert play.status() == "failed"
    assert play.held == []


def test_a_birth_that_the_store_refuses_is_answered_with_why():
    play, _ = troubled()
    births = [play.birth(context=UNREADABLE if n == 1 else "{}") for n in range(3)]

    play.process.ledger.put_all(births)
    play.drive()

    answers = [birth.reply.answer for birth in births]
    assert [answer.error is None for answer in answers] == [True, False, True]
    assert isinstance(answers[1].error, StoreRefusedError)
    assert play.statuses() == {"running": 2}


def test_a_run_whose_plan_is_gone_stops_no_other():
    other = machine("x", name="other")
    here = scene(PLAN, other)
    fine, lost = here.start(PLAN), here.start(other)
    store = here.store.sibling()
    plan = store.plan
    store.plan = lambda hash: None if hash == other.hash else plan(hash)  # noqa: A006
    there = scene(store=store, clock=here.clock)
    tickets = [Ticket(), Ticket()]

    there.process.ledger.put_all(
        Told(run, messages.Pause(), reply=ticket)
        for run, ticket in zip((lost, fine), tickets, strict=True)
    )
    there.drive()

    assert isinstance(tickets[0].answer.error, StoreRefusedError)
    assert tickets[1].answer.events
    assert here.loaded(fine).row.paused


def test_a_message_that_breaks_the_kernel_is_alone_in_its_failure(caplog):
    """An outcome that no step may ask for, as a body that was not checked could give it."""
    play, _ = troubled()
    runs = [play.start() for _ in range(5)]
    for work in list(play.hands.works):
        play.put(work, Sleep("soon") if work.run == runs[2] else Complete())

    play.drive()

    assert play.statuses() == {"completed": 4, "failed": 1}
    assert '"engine_error"' in play.loaded(runs[2]).row.error
    assert "looking for the one" in caplog.text


def test_a_message_in_an_inbox_that_cannot_be_read_stops_no_other(caplog):
    play, _ = troubled()
    broken, fine = play.start(), play.start()
    play.store.put([signal_row(broken, '["Nonsense"]'), signal_row(fine, '["Pause","",""]')])

    play.process.ledger.put_all([Poke(broken), Poke(fine)])
    play.drive()

    assert play.loaded(fine).row.paused
    assert "a message was refused" in caplog.text


def test_while_one_is_looked_for_a_store_that_fails_keeps_all_the_others():
    """Nothing of what had not been applied yet is lost."""
    play, store = troubled()
    runs = [play.start() for _ in range(8)]
    for work in list(play.hands.works):
        play.put(work, Complete(), context=UNREADABLE if work.run == runs[0] else "{}")
    store.then(None, (StoreFullError("no room"), "before"))

    with pytest.raises(StoreFullError):
        play.drive()
    play.drive()

    assert play.statuses() == {"completed": 7, "failed": 1}
