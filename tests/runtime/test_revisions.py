"""Which revisions a process hosts, and who works on the runs of a version."""

from dataclasses import replace

from perdure.kernel.directives import Complete, Next
from perdure.kernel.plan import StepPlan
from perdure.ports.rows import RevisionRow
from perdure.runtime.revisions import Revisions
from tests.runtime.scenes import LEASE, Hands, StepClock, hosting, machine, scene, workflow

OLD = machine("a", "b")
NEW = machine("a", "b", "c")
NEXT = machine("a", "b", version="2")


def beside(play, *held, **options):
    """Return another process over the same store."""
    return scene(*held, store=play.store.sibling(), clock=play.clock, **options)


def look(play):
    """Let a process notice what others have done, and take up what it may."""
    play.process.watcher.look()
    play.process.ledger.drive(wait=True)


def announced(play):
    return [(row.version, row.plan) for row in play.store.revisions()]


def test_a_process_announces_what_it_hosts_with_its_first_commit():
    play = scene(OLD)

    assert announced(play) == [("1", OLD.hash)]
    assert play.store.plan(OLD.hash) is not None


def test_what_the_bodies_are_is_announced_with_it():
    play = scene(replace(workflow(OLD), digests=lambda: {"a": "3.13:aa"}))

    assert [row.bodies for row in play.store.revisions()] == ['{"a":"3.13:aa"}']


def test_a_process_that_works_on_nothing_announces_nothing():
    play = scene(OLD, open_=False)
    play.process.crew.slots.accepts = False
    play.process.open("here", 1)
    play.start()

    assert announced(play) == []


def test_what_is_announced_is_announced_once():
    play = scene(OLD)
    play.start()

    look(play)

    assert len(announced(play)) == 1


def test_a_class_that_is_declared_again_is_announced_again_if_its_shape_changed():
    """As a notebook or a reloader does it."""
    play = scene(OLD)
    registry = play.process.registry
    registry.add(workflow(OLD))
    look(play)
    registry.add(workflow(NEW))
    look(play)
    registry.add(workflow(OLD))
    look(play)

    assert announced(play) == [("1", OLD.hash), ("1", NEW.hash), ("1", OLD.hash)]
    assert play.process.crew.slots.revisions.has(OLD)
    assert not play.process.crew.slots.revisions.has(NEW)


def test_a_body_that_is_changed_by_a_reload_is_announced_in_its_place():
    """So that the next deploy is compared with it; it is the same revision, in its old rank."""
    bodies = [{"a": "3.13:aa"}, {"a": "3.13:bb"}]
    play = scene(replace(workflow(OLD), digests=lambda: bodies[0]))
    before = play.store.revisions()[0].rank

    for body in bodies:
        play.process.registry.add(replace(workflow(OLD), digests=lambda b=body: b))
        look(play)

    rows = play.store.revisions()
    assert [row.bodies for row in rows] == ['{"a":"3.13:aa"}', '{"a":"3.13:bb"}']
    assert {row.rank for row in rows} == {before}
    assert play.store.current_revisions("story")[-1].bodies == '{"a":"3.13:bb"}'


def test_a_job_of_a_version_that_nobody_here_hosts_is_left_alone():
    """The code of version 2 has a step of that name too; it is another body."""
    old = scene(OLD)
    run = old.start(NEXT)

    look(old)

    assert old.held == []
    assert old.loaded(run).jobs[0].owner is None


def test_a_version_that_another_process_hosts_is_worked_on_there():
    old = scene(OLD)
    run = old.start(NEXT)
    new = beside(old, NEXT)

    look(new)

    assert new.held == ["a"]
    assert new.loaded(run).jobs[0].owner == new.process.crew.incarnation


def test_who_has_an_older_revision_claims_and_begins_nothing_more():
    old = scene(OLD)
    beside(old, NEW)
    look(old)

    run = old.start()

    assert old.held == []
    assert old.loaded(run).jobs[0].owner is None


def test_who_does_not_know_of_a_newer_revision_claims_nothing():
    old = scene(OLD, slots=1)
    old.start()
    waiting = old.start()
    new = beside(old, NEW, lanes={"async": (Hands(), 1)})

    old.report(old.work("a"), Complete())
    old.process.crew.slots.backlog()
    old.process.ledger.drive(wait=True)
    held = old.held
    new.process.leave()
    old.process.crew.slots.backlog()
    old.process.ledger.drive(wait=True)

    assert (held, old.held) == ([], ["a"])
    assert old.loaded(waiting).jobs[0].owner == old.process.crew.incarnation


def test_the_one_that_was_announced_last_is_current_so_a_rollback_wins():
    old = scene(OLD)
    new = beside(old, NEW)
    back = beside(old, OLD)
    for play in (old, new, back):
        look(play)

    assert [play.process.crew.slots.revisions.has(play.plans[0]) for play in (old, new, back)] == [
        True,  # it has the same revision
        False,
        True,
    ]


def test_when_the_newest_has_left_the_one_before_is_current_again():
    old = scene(OLD)
    new = beside(old, NEW)
    look(old)
    before = old.process.crew.slots.revisions.has(OLD)

    new.process.leave()
    look(old)

    assert (before, old.process.crew.slots.revisions.has(OLD)) == (False, True)


def test_one_that_was_taken_for_dead_does_not_win_by_coming_back():
    clock = StepClock()
    old = scene(OLD, clock=clock)
    new = beside(old, NEW)
    incarnation = old.process.crew.incarnation
    new.store.bury(incarnation, clock.now(), forced=True)

    old.process.tick(clock.go(LEASE))
    look(old)
    look(new)

    assert old.process.crew.incarnation != incarnation
    assert announced(old) == [("1", OLD.hash), ("1", NEW.hash)]
    assert not old.process.crew.slots.revisions.has(OLD)
    assert new.process.crew.slots.revisions.has(NEW)


def test_what_was_announced_elsewhere_is_noted_by_its_rank():
    revisions = Revisions(hosting(OLD))
    revisions.refresh(1)
    rows = [
        RevisionRow(7, 2, 5, "story", "1", "other"),
        RevisionRow(3, 3, 6, "story", "1", "newer"),
    ]

    changed = revisions.look(rows)

    assert not changed, "ours is not announced yet: it will come after all of them"
    assert revisions.seen == 7
    assert revisions.hosts == ("story@1",)


def test_nothing_changes_where_a_process_hosts_what_it_did():
    revisions = Revisions(hosting(OLD))

    assert revisions.refresh(1)
    assert not revisions.refresh(1)
    assert revisions.refresh(2), "another incarnation announces anew"


def test_a_graph_is_hosted_by_anybody_and_announced_by_nobody():
    revisions = Revisions(hosting(OLD))
    revisions.refresh(1)
    registry = hosting()
    registry.add_kind("code", lambda _plan, _step: None)
    graphs = Revisions(registry)
    graphs.refresh(1)

    assert (revisions.are_due, graphs.are_due) == (True, False)
    assert graphs.hosts[0] == ""
    assert StepPlan(name="a").host == ""


def test_who_can_migrate_runs_of_another_version_works_on_those_too():
    old = scene(OLD)
    run = old.start()
    old.process.leave()
    new = beside(old, replace(workflow(NEXT), migrates=frozenset({"1"})))
    look(new)
    new.report(new.work("a"), Next(), context='{"n":2}')

    row = new.loaded(run).row
    assert (row.version, row.plan) == ("2", NEXT.hash)
    assert new.work("a").context == '{"n":2}'
    assert announced(new) == [("1", NEXT.hash), ("2", NEXT.hash)]


def test_a_rollback_takes_the_runs_that_have_not_gone_over_yet():
    old = scene(OLD)
    new = beside(old, replace(workflow(NEXT), migrates=frozenset({"1"})))
    back = beside(old, OLD)
    look(new)
    run = back.start()

    assert back.held == ["a"]
    assert back.loaded(run).row.version == "1"
