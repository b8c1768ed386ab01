"""Messages for runs over dicts: accepted once for a key, and broadcasts to those that wait."""

import math
from collections.abc import Sequence

from perdure.errors import RunNotFoundError
from perdure.kernel.ways import coming_name
from perdure.ports.broadcasts import Delivery, Letter, Reached, Refuse
from perdure.ports.commit import InboxMade, WaitMade
from perdure.ports.rows import Announced
from perdure.stores.memory.oddities import refuse_odd
from perdure.stores.memory.tables import Broadcast, Draft, RunTable, Tables
from perdure.stores.rows import KEY_SECONDS
from perdure.wire.encoding import encode
from perdure.wire.matching import mismatch


def put(tables: Tables, draft: Draft, rows: Sequence[InboxMade]) -> list[int | None]:
    """Accept messages; return their ids, None where the key was used before.

    Raises RunNotFoundError, StoreRefusedError.
    """
    refuse_odd(rows)
    return [_accept(tables, draft, made) for made in rows]


def _accept(tables: Tables, draft: Draft, made: InboxMade) -> int | None:
    table = draft.run(made.run)
    if table is None:
        raise RunNotFoundError(made.run)
    if made.key is not None:
        if made.key in table.keys:
            return None
        table.keys.add(made.key)
    number = next(tables.messages)
    table.inbox[number] = made
    tables.addressees[number] = made.run
    return number


def announce(tables: Tables, draft: Draft, signal: Announced) -> int:
    """Accept a broadcast to the runs that there are; return its number."""
    refuse_odd([signal])
    number = next(tables.broadcasts)
    draft.signals[number] = Broadcast(signal, max((t.n for t in draft.every()), default=0))
    return number


def take(tables: Tables, draft: Draft, keys: Sequence[str], now: float) -> list[str]:
    """Take keys; return those that nobody had taken. What was taken long ago is free again."""
    refuse_odd([(key,) for key in keys])
    taken = tables.taken | draft.taken
    fresh = [k for k in dict.fromkeys(keys) if taken.get(k, -math.inf) < now - KEY_SECONDS]
    draft.taken |= dict.fromkeys(fresh, now)
    return fresh


def deliver(
    tables: Tables, draft: Draft, number: int, most: int, refuse: Refuse | None = None
) -> Delivery:
    """Bring a broadcast to the next runs that wait, but for those that refuse it."""
    broadcast = tables.signals.get(number)
    if broadcast is None:
        return Delivery([], False, [])
    signal = broadcast.signal
    found = sorted(
        (table.n, Reached(table.row.id, max(w.kind for w in waits), table.row.plan, _ways(waits)))
        for table in draft.every()
        if broadcast.place < table.n <= broadcast.most and (waits := _waits(table, signal))
    )
    more = len(found) > most
    rows = [each for _, each in found[:most]]
    why = {each.run: refuse(each, signal.payload) for each in rows} if refuse else {}
    reached = [each for each in rows if not why.get(each.run)]
    for each in reached:
        _accept(tables, draft, InboxMade(each.run, signal.message, signal.payload, None))
    mailed = not rows and broadcast.place == 0 and signal.until is not None
    if more:
        broadcast.place = found[most - 1][0]
    else:
        if mailed:
            _mail(tables, draft, signal)
        del tables.signals[number]
    refused = [(each.run, why[each.run]) for each in rows if why.get(each.run)]
    return Delivery([(each.run, each.kind) for each in reached], more, refused, mailed)


def _mail(tables: Tables, draft: Draft, signal: Announced) -> None:
    """Keep a broadcast that was for nobody; what was over when it was accepted goes."""
    for n in [n for n, letter in draft.mailbox.items() if letter.until <= signal.at]:
        del draft.mailbox[n]
    n = next(tables.letters)
    assert signal.key is not None
    assert signal.until is not None
    draft.mailbox[n] = Letter(
        n, signal.name, signal.key, signal.message, signal.payload, signal.workflow, signal.match,
        signal.at, signal.until,
    )  # fmt: skip


def _ways(waits: Sequence[WaitMade]) -> str:
    """Return what open ways ask for, as a store's statement would."""
    open_ = (wait for wait in waits if wait.kind != "coming")
    asked = [(wait.match, wait.accepts) for wait in open_]
    return encode([list(each) if any(each) else None for each in asked])


def _waits(table: RunTable, signal: Announced) -> list[WaitMade]:
    """Return a run's waits that a broadcast is for."""
    if signal.match is not None and mismatch(signal.match, table.context):
        return []
    return [
        wait
        for _, wait in sorted(table.waits.items())
        if _is_for(wait, signal) and (signal.workflow is None or wait.workflow == signal.workflow)
    ]


def _is_for(wait: WaitMade, signal: Announced) -> bool:
    if wait.kind == "coming":
        fits = wait.name == coming_name(signal.kind, signal.name)
        return fits and (signal.kind == "event" or signal.key in (None, wait.key))
    if (wait.kind, wait.name) != (signal.kind, signal.name):
        return False
    if signal.kind == "event":
        return wait.key in (None, signal.key)
    return signal.key in (None, wait.key)
