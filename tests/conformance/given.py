"""Rows to begin with, and what a store shows of a run."""

from itertools import count

from perdure.ports.commit import (
    Born,
    Commit,
    JobGone,
    JobMade,
    KeptMade,
    Moved,
    StepEnded,
    TimerMade,
    WaitMade,
    Written,
)

NOW = 1_700_000_000.123456
_batches = count(1)


def born(run, **but):
    """A run of workflow `order` at its first sequence."""
    row = Born(
        run=run, seq=1, namespace="default", workflow="order", version="1", plan="plan_a",
        status="running", cursor="a", marks="", visits="", priority=0, created_at=NOW,
        ended_at=None, error=None, start_key=None, unique_key=None, deadline=None,
    )  # fmt: skip
    return row._replace(**but)


def moved(run, old=1, seq=2, **but):
    """A run that goes on to its next sequence."""
    row = Moved(
        run=run, old=old, seq=seq, status="running", paused=0, cursor="b", marks="", visits="",
        ended_at=None, error=None,
    )  # fmt: skip
    return row._replace(**but)


def job(run, step="a", visit=1, **but):
    """An attempt that nobody has claimed."""
    row = JobMade(
        run=run, step=step, visit=visit, attempt=1, token=0, owner=None, due=NOW, queue="default",
        priority=0, host="order", payload=None,
    )  # fmt: skip
    return row._replace(**but)


def wait(run, step="a", visit=1, **but):
    """A wait for `go`."""
    row = WaitMade(
        run=run, step=step, visit=visit, kind="signal", name="go", key=None, due=None, then=None,
        on_timeout=None, workflow="order",
    )  # fmt: skip
    return row._replace(**but)


def timer(run, step="a", visit=1, **but):
    """A sleep that ends in ten seconds."""
    return TimerMade(run, step, visit, "sleep", NOW + 10, "b")._replace(**but)


def kept(run, signal=1, **but):
    """A signal that came before its wait."""
    return KeptMade(run, signal, "go", None, 1, "{}")._replace(**but)


def ended(run, step="a", visit=1, **but):
    """A visit that ended well."""
    row = StepEnded(
        run, step, visit, 1, "completed", NOW, NOW + 1, '{"ok":true}', None, None, cpu=0.25
    )
    return row._replace(**but)


def written(run, seq=1, **but):
    """An applied message."""
    return Written(run, seq, NOW, '["Start"]', "[]")._replace(**but)


def commit(**lists):
    """A commit under a mark that was not used before."""
    lists.setdefault("now", NOW)
    return Commit(batch=next(_batches), **lists)


def apply(store, commit_=None, **lists):
    """Write a commit in a transaction of its own."""
    with store.transaction() as tx:
        return tx.apply(commit_ or commit(**lists))


def runs(store, *ids, **but):
    """Let runs be born that have a job, a wait, a timer, something kept, and one message."""
    apply(
        store,
        born=[born(run, **but) for run in ids],
        contexts=[(run, '{"n":1}') for run in ids],
        jobs_made=[job(run) for run in ids],
        waits_made=[wait(run) for run in ids],
        timers_made=[timer(run) for run in ids],
        kept_made=[kept(run) for run in ids],
        history=[written(run) for run in ids],
    )


def next_step(run, old=1, *, token=0):
    """The lists of a commit that ends step `a` of a run and goes on to `b`."""
    return {
        "moved": [moved(run, old, old + 1)],
        "jobs_gone": [JobGone(run, "a", 1, token)],
        "jobs_made": [job(run, "b")],
        "waits_made": [wait(run, "b")],
        "timers_made": [timer(run, "b")],
        "kept_made": [kept(run, 2)],
        "contexts": [(run, '{"n":2}')],
        "steps": [ended(run)],
        "history": [written(run, old + 1)],
    }


def shown(store, run):
    """Return everything that a store shows of a run."""
    return (
        store.load([run]).get(run),
        store.steps(run),
        store.attempts(run),
        store.history(run),
    )


def only(loaded):
    """Return the one that was loaded."""
    (found,) = loaded.values()
    return found
