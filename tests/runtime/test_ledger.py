"""The ledger commits what waits together, and knows what became of each message."""

import threading
from itertools import pairwise

from perdure.errors import (
    StoreBusyError,
)
from perdure.kernel import messages
from perdure.kernel.directives import Complete, Goto, Next, Sleep, Wait
from perdure.kernel.plan import StepPlan
from perdure.runtime import ledger as ledgers
from perdure.runtime.envelopes import Poke, Told
from perdure.runtime.records import dump_message
from tests.runtime.scenes import TroubledStore, graph, machine, reported, scene, signal_row

PLAN = machine("a", "b")


def troubled(*held, **options):
    store = TroubledStore.quiet()
    play = scene(*(held or (PLAN,)), store=store, **options)
    return play, store


# -- one transaction for many ---------------------------------------------------------------
def test_messages_that_wait_share_one_transaction():
    play, store = troubled()
    births = [play.birth() for _ in range(200)]
    before = store.transactions

    play.process.ledger.put_all(births)
    play.drive()

    assert store.transactions == before + 1
    assert play.statuses() == {"running": 200}


def test_a_batch_has_an_end():
    play, store = troubled()
    before = store.transactions

    play.process.ledger.put_all([play.birth() for _ in range(ledgers.MOST_MESSAGES + 1)])
    play.drive()

    assert store.transactions == before + 2


def test_what_takes_too_long_is_left_for_the_next_turn_in_its_order():
    play, store = troubled()
    run = play.start()
    clock, taken = play.clock, []
    clock.monotonic = lambda: taken.append(0) or len(taken)  # each look costs a second
    before = store.transactions

    play.process.ledger.put_all(
        [Told(run, messages.Pause() if n % 2 == 0 else messages.Resume()) for n in range(80)]
    )
    play.drive()

    assert store.transactions > before + 1
    assert len(play.store.history(run)) == 81


def test_nothing_to_do_is_no_transaction():
    play, store = troubled()
    before = store.transactions

    assert not play.process.ledger.turn()
    assert store.transactions == before


def test_callers_are_answered_when_the_commit_is_known():
    play, store = troubled()
    birth = play.birth()
    store.then((StoreBusyError("others write"), "before"))
    play.process.ledger.put(birth)

    play.process.ledger.drive()
    early = birth.reply.answer
    play.drive()

    assert early is None
    assert birth.reply.answer.found


# -- several processes ----------------------------------------------------------------------
def test_a_run_that_another_process_moved_is_loaded_again_under_the_lock():
    """Ours is in memory as it was; its report must not undo the other's cancel."""
    here = scene(PLAN)
    there = scene(PLAN, store=here.store.sibling(), clock=here.clock)
    run = here.start()
    there.tell(run, messages.Cancel())

    here.report(here.work("a"), Goto("b"))

    assert here.status(run) == "cancelled"
    assert [row.message for row in here.store.history(run)][1:] == ['["Cancel","",""]']
    assert here.process.ledger.waiting == 0


def test_a_message_that_means_nothing_to_a_run_in_memory_is_judged_by_its_rows():
    """Another process paused the run since; here it does not look so."""
    here = scene(PLAN)
    there = scene(PLAN, store=here.store.sibling(), clock=here.clock)
    run = here.start()
    there.tell(run, messages.Pause())

    answer = here.tell(run, messages.Resume())

    assert answer.events
    assert not here.loaded(run).row.paused


def test_both_messages_of_a_race_count_where_they_do_not_contradict():
    here = scene(PLAN)
    there = scene(PLAN, store=here.store.sibling(), clock=here.clock)
    run = here.start()
    there.tell(run, messages.Pause())

    here.report(here.work("a"), Goto("b"))
    there.tell(run, messages.Resume())

    assert here.loaded(run).row.cursor == "b"
    assert [job.step for job in here.loaded(run).jobs] == ["b"]


def test_a_report_under_a_stale_token_is_refused():
    """Its job was given back and claimed by another process: only that one's report counts."""
    here = scene(PLAN)
    there = scene(PLAN, store=here.store.sibling(), clock=here.clock)
    run = here.start()
    late = here.work("a")
    here.store.hand_back(here.store.owned(here.process.crew.incarnation))
    there.process.crew.slots.backlog()
    there.drive()

    here.report(late, Goto("b"), output='"late"')
    there.report(there.work("a"), Goto("b"), output='"in time"')

    assert there.work("a").token == late.token + 1
    assert [step.output for step in here.store.steps(run)] == ['"in time"']


def test_two_processes_that_race_for_runs_lose_and_repeat_nothing():
    """Each tells the same runs the same; a run that lost its race is advanced again, not twice."""
    first = scene(PLAN, open_=False)
    plays = [first, *(scene(PLAN, store=first.store.sibling(), open_=False) for _ in range(2))]
    plays[0].process.open("here", 1)
    runs = [plays[0].start() for _ in range(20)]
    for play in plays[1:]:
        play.process.open("here", 1)

    def hammer(play):
        for round_ in range(30):
            message = messages.Pause() if round_ % 2 == 0 else messages.Resume()
            play.process.ledger.put_all(Told(run, message) for run in runs)
            play.process.ledger.drive(wait=True)

    threads = [threading.Thread(target=hammer, args=(play,)) for play in plays]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60.0)

    assert [play.process.ledger.waiting for play in plays] == [0, 0, 0]
    for run in runs:
        rows = plays[0].store.history(run)
        assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
        said = [row.message.split('"')[1] for row in rows[1:]]
        assert all(one != other for one, other in pairwise(said))


# -- keys, and more than one advance may do -------------------------------------------------
def test_a_birth_whose_key_is_taken_does_not_take_place():
    play, _ = troubled()
    first = play.start(key="once")
    birth = play.birth(key="once")

    play.process.ledger.put(birth)
    play.drive()

    assert not birth.reply.answer.found
    assert play.store.by_start_key("once") == first
    assert play.statuses() == {"running": 1}
    assert len(play.hands.works) == 1


def test_of_two_births_with_one_key_in_one_batch_one_takes_place():
    play, _ = troubled()
    births = [play.birth(key="once") for _ in range(2)]

    play.process.ledger.put_all(births)
    play.drive()

    assert sorted(birth.reply.answer.found for birth in births) == [False, True]
    assert len(play.held) == 1


def test_a_graph_with_more_steps_than_one_advance_may_schedule_works_to_its_end():
    wide = graph(
        *(StepPlan(name=f"s{n}") for n in range(1200)),
        StepPlan(name="end", needs=tuple(f"s{n}" for n in range(1200))),
    )
    play = scene(wide, slots=5000)
    run = play.start()
    begun = list(play.hands.works)

    for work in begun:
        play.put(work, Next())
    play.drive()
    play.report(play.work("end"), Next())

    assert len(begun) == 1200
    assert play.status(run) == "completed"
    assert len(play.store.steps(run)) == 1201


def test_a_run_that_goes_on_in_the_process_that_left_it_is_not_read_again():
    wide = graph(*(StepPlan(name=f"s{n}") for n in range(1200)))
    play, store = troubled(wide, slots=5000)
    load, loads = store.load, []
    store.load = lambda runs: loads.append(runs) or load(runs)

    play.start()

    assert len(play.hands.works) == 1200
    assert loads == []


def test_what_somebody_else_went_on_with_is_found_done():
    """Both know of the Continue that lies in the inbox; who takes the row has done it."""
    wide = graph(*(StepPlan(name=f"s{n}") for n in range(1200)))
    here, store = troubled()
    birth = here.birth(wide)
    here.process.ledger.put(birth)
    here.process.ledger.turn()
    other = scene(wide, store=store.sibling())
    other.process.ledger.put(Poke(birth.run))
    other.drive()
    here.drive()

    rows = here.store.load([birth.run])[birth.run]
    assert (len(rows.jobs), rows.inbox) == (1200, ())
    assert len(here.store.history(birth.run)) == 3


def test_what_was_left_for_later_goes_on_in_another_process():
    """The first one dies between two of its turns."""
    wide = graph(*(StepPlan(name=f"s{n}") for n in range(600)))
    here = scene(wide, slots=5000)
    birth = here.birth()
    here.process.ledger.put(birth)
    here.process.ledger.turn()
    before = len(here.loaded(birth.run).jobs)

    there = scene(wide, store=here.store.sibling(), clock=here.clock, slots=5000)

    assert before < 600
    assert len(there.loaded(birth.run).jobs) == 600
    assert there.loaded(birth.run).inbox == ()


# -- memory ---------------------------------------------------------------------------------
def test_a_run_at_rest_leaves_the_memory():
    play = scene(PLAN)
    play.start()
    before = play.process.ledger.hot_runs

    play.report(play.work("a"), Wait(name="go"))

    assert (before, play.process.ledger.hot_runs) == (1, 0)


def test_a_run_that_is_only_looked_at_is_not_kept():
    play = scene(PLAN)
    run = play.start()
    play.report(play.work("a"), Wait(name="go"))

    play.tell(run, messages.Resume())

    assert play.process.ledger.hot_runs == 0


def test_runs_that_are_forgotten_are_loaded_again():
    play = scene(PLAN)
    run = play.start()

    play.process.ledger.forget()
    play.report(play.work("a"), Goto("b"))

    assert play.loaded(run).row.cursor == "b"


def test_a_poke_looks_into_the_inbox_of_a_run_that_is_in_memory():
    play = scene(PLAN)
    run = play.start()
    play.store.put([signal_row(run, dump_message(messages.Pause()))])

    play.process.ledger.put(Poke(run))
    play.drive()

    assert play.loaded(run).row.paused
    assert play.loaded(run).inbox == ()


# -- who turns ------------------------------------------------------------------------------
def test_one_thread_turns_at_a_time_and_sees_what_others_put():
    play = scene(PLAN)
    run = play.start()
    inside, go = threading.Event(), threading.Event()
    play.process.ledger.on_ended = lambda _hot, _at: (inside.set(), go.wait(10.0))
    play.put(play.work("a"), Complete())
    turning = threading.Thread(target=play.drive)
    turning.start()
    inside.wait(10.0)
    birth = play.birth()

    play.process.ledger.put(birth)
    play.process.ledger.drive()
    seen = play.process.ledger.is_turning, birth.reply.answer
    go.set()
    turning.join(10.0)

    assert seen == (True, None)
    assert birth.reply.answer.found
    assert play.status(run) == "completed"


def test_finish_waits_for_the_thread_that_turns_and_takes_the_rest():
    play = scene(PLAN)
    play.start()
    play.put(play.work("a"), Complete())

    play.process.ledger.finish(5.0)

    assert play.status() == "completed"


def test_finish_gives_up_where_a_turn_does_not_end():
    play = scene(PLAN)
    play.start()
    inside, go = threading.Event(), threading.Event()
    play.process.ledger.on_ended = lambda _hot, _at: (inside.set(), go.wait(10.0))
    play.put(play.work("a"), Complete())
    turning = threading.Thread(target=play.drive)
    turning.start()
    inside.wait(10.0)

    play.process.ledger.finish(0.01)
    go.set()
    turning.join(10.0)

    assert play.status() == "completed"


def test_who_waits_for_an_end_is_told_once_it_is_committed():
    play = scene(PLAN)
    run = play.start()
    ends = []
    play.process.ledger.on_ended = lambda hot, at: ends.append((hot.run.id, at, play.status(run)))

    play.report(play.work("a"), Complete())

    assert ends == [(run, play.clock.now(), "completed")]


def test_a_timer_that_is_made_is_told_to_the_timekeeper():
    play = scene(PLAN)
    play.start()
    dues = []
    play.process.ledger.on_due = dues.append

    play.report(play.work("a"), Sleep(9.0))

    assert dues == [play.clock.now() + 9.0]


def test_a_report_of_an_unknown_run_is_answered():
    play = scene(PLAN)

    answer = play.tell("run_x", reported("a", Complete()))

    assert not answer.found
