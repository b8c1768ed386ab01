"""Signals with a key that nobody waited for: kept for a while, and brought to a wait that begins."""

from collections.abc import Iterable, Mapping

from perdure.ports.broadcasts import Call, Letter
from perdure.ports.commit import InboxMade
from perdure.stores.memory.inbox import put
from perdure.stores.memory.tables import Draft, RunTable, Tables
from perdure.wire.matching import mismatch


def answer(
    tables: Tables, draft: Draft, passed: Mapping[str, RunTable], calls: Iterable[Call], now: float
) -> list[str]:
    """Bring what there is to waits that begin, each to the first of them; return their runs."""
    told: list[InboxMade] = []
    for number, letter in sorted(draft.mailbox.items()):
        run = next((call.run for call in calls if _is_for(letter, call, passed, now)), None)
        if run is not None:
            told.append(InboxMade(run, letter.message, letter.payload, None))
            del draft.mailbox[number]
    put(tables, draft, told)
    return list(dict.fromkeys(made.run for made in told))


def _is_for(letter: Letter, call: Call, passed: Mapping[str, RunTable], now: float) -> bool:
    table = passed.get(call.run)
    if table is None or (letter.name, letter.key) != (call.name, call.key):
        return False
    if letter.workflow not in (None, call.workflow) or letter.at < call.since:
        return False
    return letter.until > now and not (letter.match and mismatch(letter.match, table.context))
