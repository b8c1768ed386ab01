"""Messages for runs over dicts: accepted once for a key, and broadcasts to those that wait."""

from collections.abc import Sequence

from perdure.errors import RunNotFoundError
from perdure.ports.commit import InboxMade
from perdure.stores.memory.oddities import refuse_odd
from perdure.stores.memory.tables import Draft, RunTable, Tables


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


def deliver(
    tables: Tables, draft: Draft, number: int, most: int
) -> tuple[list[tuple[str, str]], bool]:
    """Bring a broadcast to the next runs that wait; return (run, kind of wait) and if more do."""
    broadcast = tables.signals.get(number)
    if broadcast is None:
        return [], False
    signal = broadcast.signal
    reached: list[tuple[int, str, str]] = []
    for table in draft.every():
        kinds = _kinds(table, signal.name, signal.key, signal.workflow)
        if kinds and table.n > broadcast.place:
            reached.append((table.n, table.row.id, max(kinds)))
    reached.sort()
    more = len(reached) > most
    for _, run, _ in reached[:most]:
        _accept(tables, draft, InboxMade(run, signal.message, signal.payload, None))
    if more:
        broadcast.place = reached[most - 1][0]
    else:
        del tables.signals[number]
    return [(run, kind) for _, run, kind in reached[:most]], more


def _kinds(table: RunTable, name: str, key: str | None, workflow: str | None) -> list[str]:
    return [
        wait.kind
        for wait in table.waits.values()
        if wait.name == name
        and (key is None or wait.key == key)
        and (workflow is None or wait.workflow == workflow)
    ]
