"""Messages for runs: accepted once for a key, and broadcasts brought to those that wait."""

from collections.abc import Sequence

import apsw

from perdure.errors import RunNotFoundError
from perdure.ports.broadcasts import Delivery, Reached, Refuse
from perdure.ports.commit import InboxMade
from perdure.ports.rows import Announced
from perdure.stores.rows import KEY_SECONDS, encode_rows
from perdure.stores.sqlite import mailbox
from perdure.stores.sqlite.statements import fetch
from perdure.wire.encoding import encode


def put(db: apsw.Connection, rows: Sequence[InboxMade]) -> list[int | None]:
    """Accept messages, all or none; return their ids, None where the key was used before.

    Raises RunNotFoundError.
    """
    return _insert(db, rows, _numbers(db, rows))


def accept(db: apsw.Connection, rows: Sequence[InboxMade]) -> list[tuple[str, int]]:
    """Accept the messages of runs that passed the fence; return (run, id)."""
    if not rows:
        return []
    numbers = put(db, rows)
    return [(row.run, number) for row, number in zip(rows, numbers, strict=True) if number]


def _numbers(db: apsw.Connection, rows: Sequence[InboxMade]) -> list[int | None]:
    """Return the number of each message's run; None where the key was used before."""
    numbers: list[int | None] = []
    seen: set[tuple[str, str]] = set()
    checked = fetch(db, "inbox/check", rows=encode_rows(rows))
    for row, (number, used) in zip(rows, checked, strict=True):
        if number is None:
            raise RunNotFoundError(row.run)
        twice = row.key is not None and (row.run, row.key) in seen
        if row.key is not None:
            seen.add((row.run, row.key))
        numbers.append(None if used or twice else number)
    return numbers


def _insert(
    db: apsw.Connection, rows: Sequence[InboxMade], numbers: Sequence[int | None]
) -> list[int | None]:
    fresh = [(n, row) for n, row in zip(numbers, rows, strict=True) if n is not None]
    made = [(n, row.message, row.payload) for n, row in fresh]
    ids = iter(sorted(i for (i,) in fetch(db, "inbox/insert", rows=encode_rows(made))))
    keys = [(n, row.key) for n, row in fresh if row.key is not None]
    if keys:
        fetch(db, "inbox/keys", rows=encode_rows(keys))
    return [None if n is None else next(ids) for n in numbers]


def take(db: apsw.Connection, keys: Sequence[str], now: float) -> list[str]:
    """Take keys; return those that nobody had taken. What was taken long ago is free again."""
    fetch(db, "inbox/free", until=now - KEY_SECONDS)
    fresh = {key for (key,) in fetch(db, "inbox/take", keys=encode(list(keys)), now=now)}
    return [key for key in dict.fromkeys(keys) if key in fresh]


def announce(db: apsw.Connection, signal: Announced) -> int:
    """Accept a broadcast; return its number."""
    ((number,),) = fetch(db, "inbox/announce", **signal._asdict())
    return int(number)


def deliver(db: apsw.Connection, number: int, most: int, refuse: Refuse | None = None) -> Delivery:
    """Bring a broadcast to the next runs that wait, but for those that refuse it."""
    found = fetch(db, "inbox/announced", number=number)
    if not found:
        return Delivery([], False, [])
    name, message, payload, workflow, key, place, kind, match, until, upto = found[0]
    narrowed = {
        "name": name, "workflow": workflow, "match": match,
        "place": place, "upto": upto, "most": most + 1,
    }  # fmt: skip
    if kind == "event":
        rows = fetch(db, "inbox/reached_by_event", key=key, **narrowed)
    elif key is not None:
        rows = fetch(db, "inbox/reached_by_key", key=key, **narrowed)
    else:
        rows = fetch(db, "inbox/reached", **narrowed)
    more = len(rows) > most
    del rows[most:]
    why = {row[0]: refuse(Reached(*row[1:]), payload) for row in rows} if refuse else {}
    reached = [row for row in rows if not why.get(row[0])]
    if reached:
        runs = encode([row[0] for row in reached])
        fetch(db, "inbox/deliver", runs=runs, message=message, payload=payload)
    mailed = not rows and place == 0 and until is not None
    if more:
        fetch(db, "inbox/place", number=number, place=rows[-1][0])
    else:
        if mailed:
            mailbox.keep(db, number)
        fetch(db, "inbox/delivered", number=number)
    refused = [(row[1], why[row[0]]) for row in rows if why.get(row[0])]
    return Delivery([(row[1], row[2]) for row in reached], more, refused, mailed)
