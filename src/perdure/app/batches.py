"""The same thing told to many runs: found by a filter, in slices, counted by what came of each."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from perdure.app.labels import Where, filter_of
from perdure.app.telling import Telling
from perdure.kernel import messages
from perdure.ports.rows import RunFilter, RunRow
from perdure.ports.store import Store
from perdure.runtime.envelopes import Answer, Envelope, Told

SLICE = 200
"""So many runs are told something at a time; what else is to be written comes in between."""

MOST_REFUSED = 100

OnProgress = Callable[[int], object]
"""Is called after each slice, with how many runs have been told so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What came of a batch: how many runs it changed, left as they were, or could not change.

    `refused` are (run, why), at most a hundred of them. In a dry run `changed` is how many there
    are.
    """

    changed: int = 0
    unchanged: int = 0
    refused: tuple[tuple[str, str], ...] = ()
    dry_run: bool = False


Asked = messages.Cancel | messages.Pause | messages.Resume | messages.Retry

WANTED: Mapping[type[Asked], RunFilter] = {
    messages.Cancel: RunFilter(live=True),
    messages.Pause: RunFilter(live=True, paused=False),
    messages.Resume: RunFilter(live=True, paused=True),
    messages.Retry: RunFilter(status="failed"),
}
"""Which runs it may change at all to be told this."""

Ask = Callable[[list[Envelope]], Sequence[Answer]]
"""Tells runs something, and returns what came of each once that is durable."""


class Batching(Telling):
    """The part of an engine that tells many runs the same."""

    def cancel_many(self, where: Where, **how: Any) -> Batch:
        """Cancel all live runs for which this holds; see `retry_many`."""
        return self._many(messages.Cancel, where, **how)

    def pause_many(self, where: Where, **how: Any) -> Batch:
        """Pause all live runs for which this holds; see `retry_many`."""
        return self._many(messages.Pause, where, **how)

    def resume_many(self, where: Where, **how: Any) -> Batch:
        """Let all paused runs go on for which this holds; see `retry_many`."""
        return self._many(messages.Resume, where, **how)

    def retry_many(self, where: Where, **how: Any) -> Batch:
        """Let all failed runs go on at what failed for which this holds, and say what came of it.

        `where` are conditions as `runs` takes them, such as `["tag=vip", "error=timeout"]`; it must
        have one. Runs are told in slices, each in one commit, and each has it in its history, with
        `by=` and `why=`. With `dry_run=True` they are only counted. `on_progress` is called with
        how many were told. What is started meanwhile is not reached, and a batch that is cut off
        has told those it came to: call it again. Raises InvalidValueError.
        """
        return self._many(messages.Retry, where, **how)

    def _many(
        self,
        kind: type[Asked],
        where: Where,
        *,
        by: str = "",
        why: str = "",
        dry_run: bool = False,
        on_progress: OnProgress = lambda _count: None,
    ) -> Batch:
        self._check_open()
        query = filter_of(where, WANTED[kind])
        if not dry_run:
            return tell_many(self.store, self._ask, kind(by, why), query, on_progress)
        found = 0
        for rows in slices(self.store, query):
            found += len(rows)
            on_progress(found)
        return Batch(changed=found, dry_run=True)


def tell_many(
    store: Store,
    ask: Ask,
    message: Asked,
    query: RunFilter,
    on_progress: OnProgress = lambda _count: None,
) -> Batch:
    """Tell all runs this that a filter finds, a slice at a time, and return what came of it."""
    done = Batch()
    told = 0
    for rows in slices(store, query):
        answers = ask([Told(row.id, message) for row in rows])
        errors = [
            (row.id, str(answer.error))
            for row, answer in zip(rows, answers, strict=True)
            if answer.error is not None
        ]
        changed = sum(bool(answer.events) for answer in answers)
        done = replace(
            done,
            changed=done.changed + changed,
            unchanged=done.unchanged + len(rows) - changed - len(errors),
            refused=(*done.refused, *errors)[:MOST_REFUSED],
        )
        told += len(rows)
        on_progress(told)
    return done


def slices(store: Store, query: RunFilter) -> Iterator[list[RunRow]]:
    """Yield the runs that a filter finds, newest first, a slice at a time."""
    asked = replace(query, limit=SLICE, offset=0)
    while rows := store.find(asked):
        yield rows
        asked = replace(asked, before=rows[-1].id)
