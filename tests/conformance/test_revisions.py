"""What processes announce that they host, and claims of those that do not know of it."""

from perdure.ports.claims import Claim
from perdure.ports.revisions import STRANDED, Adopted, Revision
from perdure.ports.rows import RevisionRow
from tests.conformance.given import NOW, apply, born, commit, job, moved, runs

QUEUES = ("default",)


def announce(store, worker, plan, *, version="1", rank=None, bodies="{}"):
    """Announce a revision, and return its number."""
    row = Revision(worker, "order", version, plan, rank, bodies)
    (n,) = apply(store, revisions=[row]).revisions
    return n


def joined(store):
    return store.join("host", 1, NOW, 30).id


def test_what_live_processes_announce_comes_in_the_order_of_announcement(store):
    one, two = joined(store), joined(store)
    first = announce(store, one, "old")
    second = announce(store, two, "new")

    assert second > first
    assert store.revisions() == [
        RevisionRow(first, first, one, "order", "1", "old"),
        RevisionRow(second, second, two, "order", "1", "new"),
    ]


def test_several_are_announced_at_once(store):
    one = joined(store)
    rows = [Revision(one, "order", "1", "a"), Revision(one, "ship", "2", "b")]

    numbers = apply(store, revisions=rows).revisions

    assert [(row.n, row.workflow, row.version) for row in store.revisions()] == [
        (numbers[0], "order", "1"),
        (numbers[1], "ship", "2"),
    ]


def test_a_commit_that_only_announces_is_not_empty():
    assert not commit(revisions=[Revision(1, "order", "1", "a")]).only_claims()


def test_a_process_that_comes_back_keeps_the_rank_that_it_had(store):
    one, two = joined(store), joined(store)
    rank = announce(store, one, "old")
    announce(store, two, "new")
    store.bury(one, NOW, forced=True)
    again = joined(store)

    n = announce(store, again, "old", rank=rank)

    assert (store.revisions()[0].plan, store.revisions()[0].rank) == ("old", rank)
    assert n > rank, "who claims notices that there is something new"


def test_what_a_dead_process_or_one_that_has_left_announced_does_not_count(store):
    one, two, three = joined(store), joined(store), joined(store)
    announce(store, one, "first")
    announce(store, two, "second")
    announce(store, three, "third")

    store.bury(two, NOW, forced=True)
    store.leave(three)

    assert [row.plan for row in store.revisions()] == ["first"]


def test_numbers_grow_though_who_announced_them_is_gone(store):
    one = joined(store)
    first = announce(store, one, "old")
    store.leave(one)
    two = joined(store)

    assert announce(store, two, "new") > first


# -- what is current ------------------------------------------------------------------------------


def current(store, workflow="order"):
    return [(row.version, row.plan, row.bodies) for row in store.current_revisions(workflow)]


def test_the_current_revision_of_each_version_is_the_one_that_was_announced_last(store):
    one, two = joined(store), joined(store)
    announce(store, one, "old", bodies='{"a":"1"}')
    announce(store, one, "beside", version="2")
    announce(store, two, "new", bodies='{"a":"2"}')

    assert current(store) == [("1", "new", '{"a":"2"}'), ("2", "beside", "{}")]
    assert current(store, "ship") == []


def test_what_the_dead_have_announced_is_current_where_no_live_process_has_announced_more(store):
    one, two = joined(store), joined(store)
    announce(store, one, "old")
    announce(store, two, "new")
    store.bury(two, NOW, forced=True)
    before = current(store)

    store.leave(one)

    assert before == [("1", "old", "{}")]
    assert current(store) == [("1", "new", "{}")]


def plans(store, *hashes):
    apply(store, plans=[(each, "order", "1", f"body of {each}") for each in hashes])


def latest(store):
    found = store.latest_plan("order")
    return None if found is None else found[0]


def test_the_plan_that_runs_begin_by_is_the_current_one_so_a_rollback_wins(store):
    plans(store, "old", "new")
    one, two = joined(store), joined(store)
    announce(store, one, "old")
    announce(store, two, "new")
    deployed = latest(store)
    announce(store, joined(store), "old")

    assert (deployed, latest(store)) == ("new", "old")
    assert store.latest_plan("order") == ("old", "body of old")


def test_the_plan_of_a_live_process_comes_before_what_the_dead_had(store):
    plans(store, "old", "new", "never_announced")
    one, two = joined(store), joined(store)
    announce(store, one, "old")
    announce(store, two, "new")
    store.bury(two, NOW, forced=True)
    alive = latest(store)
    store.leave(one)

    assert (alive, latest(store)) == ("old", "new")


def test_a_plan_that_nobody_has_announced_is_the_newest(store):
    plans(store, "old", "new")

    assert latest(store) == "new"


# -- claims ---------------------------------------------------------------------------------------


def claim(store, owner, *, seen):
    got = apply(store, claim=Claim(owner, 9, ("order",), QUEUES, seen)).claimed
    return [job.run for job in got]


def test_nobody_claims_who_does_not_know_what_another_has_announced(store):
    one, two = joined(store), joined(store)
    runs(store, "r1")
    old = announce(store, one, "old")
    new = announce(store, two, "new")

    unknowing = claim(store, one, seen=old)
    knowing = claim(store, one, seen=new)

    assert (unknowing, knowing) == ([], ["r1"])


def test_what_one_announces_oneself_is_known(store):
    one = joined(store)
    runs(store, "r1")
    rows = [Revision(one, "order", "1", "a")]

    got = apply(store, revisions=rows, claim=Claim(one, 9, ("order",), QUEUES)).claimed

    assert [job.run for job in got] == ["r1"]


def test_what_the_dead_have_announced_keeps_nobody_from_claiming(store):
    one, two = joined(store), joined(store)
    runs(store, "r1")
    announce(store, two, "new")
    store.bury(two, NOW, forced=True)

    assert claim(store, one, seen=0) == ["r1"]


# -- runs that go by another plan -----------------------------------------------------------------


def test_a_run_that_passes_goes_by_the_plan_that_it_adopts(store):
    runs(store, "r1", "r2")

    apply(
        store,
        moved=[moved("r1"), moved("r2", old=9)],
        adopted=[Adopted("r1", "plan_b", "2"), Adopted("r2", "plan_b", "2")],
    )

    rows = {run: loaded.row for run, loaded in store.load(["r1", "r2"]).items()}
    assert (rows["r1"].plan, rows["r1"].version) == ("plan_b", "2")
    assert (rows["r2"].plan, rows["r2"].version) == ("plan_a", "1")


def test_a_stranded_job_is_claimed_by_nobody_until_it_has_its_host_again(store):
    apply(
        store,
        born=[born("r1"), born("r2"), born("r3")],
        jobs_made=[
            job("r1", host=f"{STRANDED}order"),
            job("r2", host=f"{STRANDED}ship"),
            job("r3", host=f"{STRANDED}order", owner=7),
        ],
    )
    before = claim(store, 1, seen=0)

    apply(store, unstranded=["order"])

    assert (before, claim(store, 1, seen=0)) == ([], ["r1"])


def test_a_stranded_job_says_so_until_it_has_its_host_again(store):
    def stranded():
        rows = store.load(["r1", "r2"])
        return [bool(rows[run].jobs[0].stranded) for run in ("r1", "r2")]

    made = [job("r1", host=f"{STRANDED}order"), job("r2", host="order")]
    apply(store, born=[born("r1"), born("r2")], jobs_made=made)
    before = stranded()

    apply(store, unstranded=["order"])

    assert (before, stranded()) == ([True, False], [False, False])


def test_a_commit_that_only_frees_the_stranded_is_not_empty():
    assert not commit(unstranded=["order"]).only_claims()
