"""What visits are to have the keys of when a run goes back and keeps them: read from its history.

They are those from the visit on that it goes back to, until it last went back before. One that
failed and was retried stands for the same as its retry, which has its place.
"""

from collections.abc import Iterable, Iterator

from perdure.kernel import history
from perdure.kernel.evolve import evolve
from perdure.kernel.keys import Keys, number_of, spans_from
from perdure.kernel.paths import plan_name
from perdure.kernel.plan import Plan, PlanKind
from perdure.kernel.run import Run, is_item
from perdure.ports.store import Store
from perdure.runtime.records import load_events

Numbers = dict[str, list[int]]
"""By path: the numbers that the keys of its visits are made of, in their order."""


def events_of(store: Store, run: str) -> Iterator[history.Event]:
    """Yield all that has happened to a run."""
    seq = 0
    while page := store.history(run, seq):
        for told in page:
            yield from load_events(told.events)
        seq = page[-1].seq


def is_whole(store: Store, run: str) -> bool:
    """Whether a run's history is there from its beginning on."""
    return bool(first := store.history(run, 0, 1)) and first[0].seq == 1


def keys_since(plan: Plan, events: Iterable[history.Event], step: str, visit: int) -> Keys | None:
    """Return the keys of a visit and of those after it, as `messages.Rewind` tells them.

    None if the visit did not begin in these events.
    """
    numbers: Numbers | None = None
    failed: set[str] = set()
    retried: set[str] = set()
    run = Run("")
    for event in events:
        evolve(plan, run, event)
        match event:
            case history.StepScheduled(path, number, 1):
                if numbers is None and (path, number) == (step, visit):
                    numbers = {}
                if numbers is not None:
                    _note(numbers, path, number_of(run.keys, path, number), retried)
            case history.StepFailed() | history.AttemptStopped():
                failed.add(event.step)
            case history.RunRetried():
                retried, failed = failed, set()
            case history.RunRecovered():
                failed.clear()  # what comes then is no retry
            case history.RunRewound() if numbers is not None:
                break
    return None if numbers is None else _keys(plan, numbers)


def _note(numbers: Numbers, path: str, number: int, retried: set[str]) -> None:
    """Take note of the number of a visit that begins, in place of the one that it is a retry of."""
    found = numbers.setdefault(path, [])
    if path in retried:
        retried.remove(path)
        del found[-1:]
    found.append(number)


def _keys(plan: Plan, numbers: Numbers) -> Keys:
    if plan.kind is PlanKind.MACHINE:
        return {path: spans_from(1, found) for path, found in numbers.items()}
    return {
        path: spans_from(1, found[-1:])
        for path, found in numbers.items()
        if not is_item(path) or found[-1:] != numbers.get(plan_name(path), [])[-1:]
    }
