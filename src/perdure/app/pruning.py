"""Deletes what nobody needs any more: runs long over, and in applications' databases their records."""

from collections.abc import Iterator
from dataclasses import dataclass

from perdure.authoring.registry import Registry
from perdure.authoring.steps.done import Application
from perdure.ports.store import Store
from perdure.runtime.pruner import Pruner, Round

SLICE = 500


@dataclass(frozen=True, slots=True)
class Pruned:
    """How many rows were looked at, and how many of them can go, or went."""

    found: int
    deleted: int


def prune_runs(pruner: Pruner, now: float, keep: float | None, *, dry_run: bool) -> Pruned:
    """Forget runs that ended longer ago than `keep` seconds, or than their workflow says.

    Some of those that are found stay: a child whose parent lives, the run that was born last.
    """
    made = Round(now, keep)
    while pruner.walk(made, dry_run=dry_run):
        pass
    return Pruned(made.found, made.found if dry_run else made.forgotten)


def prune_done(
    registry: Registry, store: Store, *, ended_before: float, gone: bool, dry_run: bool
) -> Pruned:
    """Delete the rows of `perdure_done` of runs that had ended by then; of a dry run, only count.

    With `gone` also those of runs that the store does not have. It looks into the databases of all
    transactional steps that this process hosts.
    """
    found = deleted = 0
    for application in _applications(registry):
        after = ""
        while rows := application.visits(after, SLICE):
            after = rows[-1][0]
            found += len(rows)
            over = _over(store, {run for _, run in rows}, ended_before=ended_before, gone=gone)
            keys = [key for key, run in rows if run in over]
            if keys and not dry_run:
                application.forget(keys)
            deleted += len(keys)
    return Pruned(found, deleted)


def _applications(registry: Registry) -> Iterator[Application]:
    """Yield the databases of all transactional steps, each once."""
    seen: set[object] = set()
    for name in registry.names():
        for body in registry.get(name).bodies.values():
            application = getattr(body, "application", None)
            if isinstance(application, Application) and application.place not in seen:
                seen.add(application.place)
                yield application


def _over(store: Store, runs: set[str], *, ended_before: float, gone: bool) -> set[str]:
    """Return those of these runs of which no attempt will ask any more."""
    loaded = store.load(sorted(runs))
    ended = {
        run
        for run, each in loaded.items()
        if each.row.ended_at is not None and each.row.ended_at <= ended_before
    }
    return ended | (runs - loaded.keys()) if gone else ended
