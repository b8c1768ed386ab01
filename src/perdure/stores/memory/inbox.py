"""Messages for runs over dicts: accepted once for a key, and broadcasts to those that wait."""

import math
from collections.abc import Sequence

from perdure.errors import RunNotFoundError
from perdure.kernel.ways import coming_name
from perdure.ports.commit import InboxMade, WaitMade
from perdure.ports.rows import Announced
from perdure.stores.memory.oddities import refuse_odd
from perdure.stores.memory.tables import Broadcast, Draft, RunTable, Tables
from perdure.stores.rows import KEY_SECONDS
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
    tables: Tables, draft: Draft, number: int, most: int
) -> tuple[list[tuple[str, str]], bool]:
    """Bring a broadcast to the next runs that wait; return (run, kind of wait) and if more do."""
    broadcast = tables.signals.get(number)
    if broadcast is None:
        return [], False
    signal = broadcast.signal
    reached = sorted(
        (table.n, table.row.id, max(kinds))
        for table in draft.every()
        if broadcast.place < table.n <= broadcast.most and (kinds := _kinds(table, signal))
    )
    more = len(reached) > most
    for _, run, _ in reached[:most]:
        _accept(tables, draft, InboxMade(run, signal.message, signal.payload, None))
    if more:
        broadcast.place = reached[most - 1][0]
    else:
        del tables.signals[number]
    return [(run, kind) for _, run, kind in reached[:most]], more


def _kinds(table: RunTable, signal: Announced) -> list[str]:
    """Return the kinds of a run's waits that a broadcast is for."""
    if signal.match is not None and mismatch(signal.match, table.context):
        return []
    return [
        wait.kind
        for wait in table.waits.values()
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
