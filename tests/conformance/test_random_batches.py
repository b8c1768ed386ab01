"""Random batches of good and refused runs: each run writes all that is its own, or nothing.

What a batch must do is worked out here from what a store shows, apart from any store's code; and
the stores are held against each other, row by row.
"""

import random
from dataclasses import replace

import pytest

from perdure.ports.claims import Claim
from perdure.ports.commit import InboxMade, JobGone, TimerGone, WaitGone
from perdure.ports.rows import RunFilter
from perdure.stores.memory import MemoryStore
from perdure.stores.sqlite import SqliteStore
from tests.conformance.given import (
    NOW,
    apply,
    born,
    commit,
    ended,
    job,
    kept,
    moved,
    shown,
    timer,
    wait,
    written,
)

RUNS = [f"run_{number}" for number in range(12)]
STEPS = ("a", "b", "c")


def one_of(chance, rows):
    return chance.choice(rows) if rows else None


def move(chance, run, loaded):
    """Return a commit's lists for one run: what it takes is there, or by chance is not."""
    row, lists = loaded.row, {}
    wrong = chance.random() < 0.4 and chance.choice(("seq", "job", "wait", "message"))
    seq = row.seq + (1 if wrong == "seq" else 0)
    news = chance.choice(("b", "c", None))
    lists["moved"] = [moved(run, seq, seq + 1, cursor=news, paused=chance.randrange(2))]
    lists["history"] = [written(run, seq + 1)]
    lists["contexts"] = [(run, f'{{"n":{chance.random()}}}')]
    lists["steps"] = [ended(run, chance.choice(STEPS), seq)]
    lists["inbox_made"] = [InboxMade(run, "m", None, chance.choice((None, "k1", f"k{seq}")))]
    take_job(chance, run, loaded, lists, wrong=wrong == "job")
    take_wait(chance, run, loaded, lists, wrong=wrong == "wait")
    take_message(chance, run, loaded, lists, wrong=wrong == "message")
    if there := one_of(chance, loaded.timers):
        lists["timers_gone"] = [TimerGone(run, there.step, there.visit, there.kind)]
    if there := one_of(chance, loaded.kept):
        lists["kept_gone"] = [(run, there.signal)]
    make(chance, run, loaded, lists)
    return lists, not wrong


def take_job(chance, run, loaded, lists, *, wrong):
    there = one_of(chance, loaded.jobs)
    if wrong:
        lists["jobs_gone"] = [JobGone(run, "a", 1, 999)]
    elif there:
        token = chance.choice((there.token, None))
        lists["jobs_gone"] = [JobGone(run, there.step, there.visit, token)]


def take_wait(chance, run, loaded, lists, *, wrong):
    there = one_of(chance, loaded.waits)
    if wrong:
        lists["waits_gone"] = [WaitGone(run, "gone", 1, "signal", 1)]
    elif there:
        lists["waits_gone"] = [WaitGone(run, there.step, there.visit, there.kind, 1)]
    else:
        lists["waits_gone"] = [WaitGone(run, "gone", 1, "signal", 0)]


def take_message(chance, run, loaded, lists, *, wrong):
    there = one_of(chance, loaded.inbox)
    if wrong:
        lists["inbox_gone"] = [(run, 10_000)]
    elif there and chance.random() < 0.8:
        lists["inbox_gone"] = [(run, there.id)]


def make(chance, run, loaded, lists):
    """Add what comes, under a key that is free or is made free by what goes."""
    gone = {row[1:3] for row in lists.get("jobs_gone", ())}
    open_ = {(row.step, row.visit) for row in loaded.jobs} - gone
    free = [(step, visit) for step in STEPS for visit in (1, 2) if (step, visit) not in open_]
    owner = chance.choice((None, None, 5))
    if free:
        lists["jobs_made"] = [
            job(run, *chance.choice(free), owner=owner, priority=chance.randrange(3))
        ]
    gone = {row[1:4] for row in lists.get("timers_gone", ())}
    if ("a", 1, "sleep") not in {row[:3] for row in loaded.timers} - gone:
        lists["timers_made"] = [timer(run, due=NOW + chance.randrange(20))]
    gone = {signal for _, signal in lists.get("kept_gone", ())}
    if 1 not in {row.signal for row in loaded.kept} - gone:
        lists["kept_made"] = [kept(run)]
    gone = {row[1:4] for row in lists["waits_gone"]}
    if "b" not in {row.step for row in loaded.waits if row[:3] not in gone}:
        lists["waits_made"] = [wait(run, "b", name=chance.choice(("go", "stop")))]


def batch(chance, store, owner):
    """Return a random commit, and which of its runs must pass."""
    there = store.load(RUNS)
    lists, good = {}, set()
    for run in chance.sample(RUNS, chance.randrange(1, 8)):
        if run not in there:
            made = {"born": [born(run, start_key=chance.choice((None, "k1", run)))]}
            made |= {"jobs_made": [job(run)], "history": [written(run)]}
        else:
            made, passes = move(chance, run, there[run])
            if passes:
                good.add(run)
        for name, rows in made.items():
            lists.setdefault(name, []).extend(rows)
    if chance.random() < 0.3:
        lists["claim"] = Claim(owner, chance.randrange(1, 4), ("order",), ("default",))
    return commit(**lists), good


def expected_open(loaded, made, run):
    """Work out what is open of a run that passed, table by table, apart from claims."""

    def of(name):
        return [row for row in getattr(made, name) if row[0] == run]

    def left(rows, name, size, width):
        gone = {row[1 : 1 + size] for row in of(name)}
        return {row[:width] for row in rows if row[:size] not in gone}

    return {
        "jobs": left(loaded.jobs, "jobs_gone", 2, 3) | {row[1:4] for row in of("jobs_made")},
        "waits": left(loaded.waits, "waits_gone", 3, 4) | {row[1:5] for row in of("waits_made")},
        "timers": left(loaded.timers, "timers_gone", 3, 4)
        | {row[1:5] for row in of("timers_made")},
        "kept": left(loaded.kept, "kept_gone", 1, 1) | {row[1:2] for row in of("kept_made")},
    }


def expected_births(made, store):
    """Work out who is born: the first of a batch that asks for a key which nobody has."""
    taken, births = set(), set()
    for row in made.born:
        if row.start_key is None or not (
            row.start_key in taken or store.by_start_key(row.start_key)
        ):
            births.add(row.run)
            taken.add(row.start_key)
    return births


def is_open(loaded):
    return {
        "jobs": {row[:3] for row in loaded.jobs},
        "waits": {row[:4] for row in loaded.waits},
        "timers": {row[:4] for row in loaded.timers},
        "kept": {row[:1] for row in loaded.kept},
    }


def unclaimed(everything):
    """Return what a store shows of a run, without who claimed its jobs."""
    loaded, *rest = everything
    if loaded is None:
        return everything
    jobs = [row._replace(owner=None, token=0) for row in loaded.jobs]
    return [replace(loaded, jobs=jobs), *rest]


@pytest.mark.parametrize("seed", range(8))
def test_runs_that_pass_write_everything_and_runs_that_do_not_write_nothing(store, seed):
    chance = random.Random(seed)
    passed = refused = 0
    for _ in range(40):
        made, good = batch(chance, store, owner=3)
        before = {run: shown(store, run) for run in RUNS}
        births = expected_births(made, store)

        done = apply(store, made)

        after = {run: shown(store, run) for run in RUNS}
        assert (done.moved, done.born) == (good, births)
        for run in set(RUNS) - good - done.born:
            assert unclaimed(after[run]) == unclaimed(before[run])
        for run in good:
            assert is_open(after[run][0]) == expected_open(before[run][0], made, run)
            assert after[run][0].row.batch == made.batch
            assert after[run][0].context == dict(made.contexts)[run]
            assert after[run][3][-1] in made.history
        passed += len(good)
        refused += len(made.moved) - len(good)

    assert passed > 40
    assert refused > 20


def everything(store):
    """Return all that a store shows, but of itself."""
    return (
        [shown(store, run) for run in RUNS],
        (store.due_timers(NOW + 9, 5), store.next_due(NOW), store.inbox_runs(3)),
        (store.owned(3), store.owned(5), [row.id for row in store.find(RunFilter())]),
    )


@pytest.mark.parametrize("seed", range(8))
def test_all_stores_do_the_same(seed, tmp_path):
    chance = random.Random(seed)
    stores = [MemoryStore(), SqliteStore.in_memory(), SqliteStore(tmp_path / "perdure.db")]
    for _ in range(30):
        made, _ = batch(chance, stores[0], owner=3)
        telling = [InboxMade(run, "x", None, chance.choice((None, "k1"))) for run in RUNS[:3]]

        done = [apply(store, made) for store in stores]
        views = [everything(store) for store in stores]

        assert done[0] == done[1] == done[2]
        assert views[0] == views[1] == views[2]
        if all(views[0][0][number][0] for number in range(3)):
            first, second, third = (store.put(telling) for store in stores)
            assert first == second == third
    for store in stores:
        store.close()
