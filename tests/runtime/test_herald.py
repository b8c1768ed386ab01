"""A broadcast reaches every run that waits for it, a slice at a time, also after a crash."""

from perdure.kernel import messages
from perdure.kernel.directives import Wait
from perdure.kernel.plan import StepPlan
from perdure.ports.commit import InboxMade
from perdure.ports.rows import Announced
from perdure.runtime import herald as heralds
from perdure.runtime.records import dump_message
from tests.runtime.scenes import NOW, machine, scene

PLAN = machine(StepPlan(name="a", coming=("go",)), "b", "c")
GO = dump_message(messages.Signal(id=0, name="go", addressed=False))


def waiting(count, plan=PLAN):
    play = scene(plan, slots=5000)
    for _ in range(count):
        play.start()
    for work in list(play.hands.works):
        play.put(work, Wait(name="go", then="b"))
    play.drive()
    return play


def announced(workflow=None):
    return Announced("go", GO, '{"ok":true}', workflow, None, NOW)


def test_every_run_that_waits_is_woken():
    play = waiting(5)

    reached = play.process.herald.proclaim(announced()).runs
    play.drive()

    assert reached == [(run, "signal") for run in play.runs]
    assert play.held == ["b"] * 5
    assert {work.brought for work in play.process.crew.holding()} == {'{"ok":true}'}


def test_a_run_that_may_come_to_the_wait_keeps_it():
    play = scene(PLAN)
    run = play.start()

    reached = play.process.herald.proclaim(announced()).runs
    play.drive()

    assert reached == [(run, "coming")]
    assert [kept.name for kept in play.loaded(run).kept] == ["go"]


def test_it_can_be_for_the_runs_of_one_workflow():
    play = waiting(2)

    assert play.process.herald.proclaim(announced("other")).runs == []


def test_a_broadcast_goes_on_in_slices(monkeypatch):
    monkeypatch.setattr(heralds, "SLICE", 2)
    play = waiting(5)

    reached = play.process.herald.proclaim(announced()).runs
    play.drive()

    assert len(reached) == 5
    assert play.held == ["b"] * 5


def test_a_broadcast_that_a_crash_cut_off_is_made_good_at_the_next_start():
    here = waiting(5)
    number = here.store.announce(announced())
    here.store.deliver(number, 2)
    here.process.leave()

    there = scene(PLAN, store=here.store.sibling(), clock=here.clock)

    assert there.held == ["b"] * 5
    assert there.process.herald.recover() == 0


def test_a_broadcast_to_nobody_reaches_nobody():
    assert scene(PLAN).process.herald.proclaim(announced()).runs == []


def test_a_broadcast_that_lost_its_store_half_way_is_gone_on_with_after_two_looks():
    """Another process may be bringing it at the first one."""
    play = waiting(5)
    play.tick()
    number = play.store.announce(announced())
    play.store.deliver(number, 2)

    play.tick(heralds.LOOK_SECONDS)
    once = play.store.undelivered()
    play.tick(heralds.LOOK_SECONDS)
    play.drive()

    assert (once, play.store.undelivered()) == ([number], [])
    assert play.held == ["b"] * 5


def test_a_broadcast_that_is_under_way_here_is_not_left():
    play = waiting(1)
    deliver, looks = play.store.deliver, []

    def slowly(number, most, refuse):
        looks.append(play.process.herald.tick(play.clock.go(heralds.LOOK_SECONDS)))
        looks.append(play.process.herald.tick(play.clock.go(heralds.LOOK_SECONDS)))
        return deliver(number, most, refuse)

    play.store.deliver = slowly

    reached = play.process.herald.proclaim(announced()).runs

    assert len(looks) == 2, "it was asked twice, and did not bring it as well"
    assert len(reached) == 1


def test_runs_whose_context_has_no_place_for_it_refuse_it_and_so_do_ways_that_do_not_accept_it():
    schema = '{"properties":{"n":{"type":"integer"}}}'
    plan = machine("a", "b", schema=schema)
    play = scene(plan)
    for accepts in ("", '{"required":["m"]}'):
        play.start()
        play.report(play.work("a"), Wait(name="go", then="b", accepts=accepts))

    wrong = play.process.herald.proclaim(announced()._replace(payload='{"n":"x"}'))
    half = play.process.herald.proclaim(announced()._replace(payload='{"n":1}'))

    assert [why for _, why in wrong.refused] == ['n: "x" is not of type "integer"'] * 2
    assert ([why for _, why in half.refused], len(half.runs)) == (['"m" is a required property'], 1)


def test_a_broadcast_with_a_key_for_nobody_is_kept_for_a_wait_to_come():
    play = scene(PLAN)
    go = dump_message(messages.Signal(id=0, name="go", key="k"))
    mail = Announced("go", go, '{"n":1}', None, "k", NOW, until=NOW + 9)

    heard = play.process.herald.proclaim(mail)
    run = play.start()
    play.report(play.work("a"), Wait(name="go", key="k", then="b"))
    play.drive()

    assert (heard.mailed, heard.runs) == (True, [])
    assert play.loaded(run).waits == ()
    assert play.hands.works[-1].brought == '{"n":1}'


def test_many_are_reached_a_few_hundred_at_a_time_and_others_write_between():
    """So nobody waits longer than for one slice; `benchmarks/cases/broadcast.py` has the times."""
    play = waiting(1_200)
    deliver, sizes = play.store.deliver, []

    def seen(number, most, refuse):
        made = deliver(number, most, refuse)
        sizes.append(len(made.runs))
        play.store.put([InboxMade(made.runs[0][0], dump_message(messages.Resume()), None, None)])
        return made

    play.store.deliver = seen

    heard = play.process.herald.proclaim(announced())

    assert (sizes, len(heard.runs)) == ([500, 500, 200], 1_200)
