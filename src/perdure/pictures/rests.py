"""When a run's visits slept and waited, folded from its history."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from perdure.kernel import history
from perdure.kernel.ways import named
from perdure.ports.commit import Written
from perdure.ports.store import Store
from perdure.runtime.records import load_events

PAGE = 1_000
_OVER = (
    history.RunCompleted,
    history.RunFailed,
    history.RunCancelled,
    history.RunRewound,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """A visit's sleep or wait, `awaits` being for what. One that goes on has no end."""

    step: str
    state: str
    begin: float
    end: float | None = None
    awaits: str = ""


def read_rests(store: Store, run: str) -> list[Rest]:
    """Return all rests of a run, as far as its history is kept, in the order they began."""
    return find_rests(_written(store, run))


def _written(store: Store, run: str) -> Iterator[Written]:
    page = store.history(run, 0, PAGE)
    while page:
        yield from page
        page = store.history(run, page[-1].seq, PAGE)


def find_rests(told: Iterable[Written]) -> list[Rest]:
    """Return the rests that a history tells of."""
    begun: dict[tuple[str, int], Rest] = {}
    ended: list[Rest] = []
    for written in told:
        for event in load_events(written.events):
            if isinstance(event, _OVER):
                over = list(begun)
            else:
                over = [key] if (key := _ended(event)) in begun else []
            ended += [replace(begun.pop(key), end=written.at) for key in over]
            if (rest := _begun(event, written.at)) is not None:
                begun[rest[0]] = rest[1]
    return sorted([*ended, *begun.values()], key=lambda rest: (rest.begin, rest.step))


def _ended(event: history.Event) -> tuple[str, int]:
    match event:
        case history.SignalTaken(step, visit) | history.JoinEnded(step, visit):
            return step, visit
        case history.TimerEnded(step, visit, "sleep" | "wait" | "children"):
            return step, visit
        case _:
            return "", 0


def _begun(event: history.Event, at: float) -> tuple[tuple[str, int], Rest] | None:
    match event:
        case history.SleepBegun(step, visit):
            return (step, visit), Rest(step=step, state="sleeping", begin=at)
        case history.WaitBegun(step, visit):
            awaits = named(event.ways)
            return (step, visit), Rest(step=step, state="waiting", begin=at, awaits=awaits)
        case history.JoinBegun(step, visit):
            return (step, visit), Rest(step=step, state="waiting", begin=at, awaits="children")
        case _:
            return None
