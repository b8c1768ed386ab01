"""Signals with a key that nobody waited for: kept for a while, and brought to a wait that begins."""

from collections.abc import Sequence

import apsw

from perdure.ports.broadcasts import Call
from perdure.stores.rows import encode_rows
from perdure.stores.sqlite.statements import fetch
from perdure.wire.encoding import encode


def keep(db: apsw.Connection, number: int) -> None:
    """Keep a broadcast that was for nobody; what was over when it was accepted goes."""
    fetch(db, "mailbox/expired", number=number)
    fetch(db, "mailbox/keep", number=number)


def answer(db: apsw.Connection, calls: Sequence[Call], batch: int, now: float) -> list[str]:
    """Bring what there is to waits that begin, each to the first of them; return their runs."""
    found = fetch(db, "mailbox/called", rows=encode_rows(calls), batch=batch, now=now)
    first = {letter: (n, run, message, text) for letter, n, run, message, text in reversed(found)}
    letters = sorted(first)
    if letters:
        rows = [(first[n][0], *first[n][2:]) for n in letters]
        fetch(db, "inbox/insert", rows=encode_rows(rows))
        fetch(db, "mailbox/taken", numbers=encode(letters))
    return list(dict.fromkeys(first[n][1] for n in letters))
