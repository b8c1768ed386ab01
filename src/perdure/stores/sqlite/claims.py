"""Claims: which waiting jobs a worker gets, found by seeks, whatever the length of the queues."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from heapq import merge
from itertools import groupby, islice, takewhile
from typing import Any

import apsw

from perdure.kernel.plan import DEFAULT_QUEUE
from perdure.ports.claims import Claim, Claimed, rank
from perdure.stores.choosing import Candidate, Line, Taken, choose, in_turn, taken
from perdure.stores.rows import encode_rows
from perdure.stores.sqlite.statements import fetch, sql
from perdure.wire.encoding import encode

_AFTER_ALL_HOSTS = "\U0010ffff"
_LEAST = -(2**63)

Group = tuple[str, str, int]
"""A fair key, a host and a priority."""


def claim(db: apsw.Connection, wanted: Claim, now: float) -> tuple[list[Claimed], float | None]:
    """Claim due jobs; return them, and when a queue whose rate is used up gives more."""
    known = {"seen": wanted.seen, "owner": wanted.owner}
    if db.execute(sql("commit/newer"), known).fetchone() is not None:
        return [], None
    hosts = _digest(wanted.hosts)
    lines = [
        line
        for line in map(Line._make, fetch(db, "commit/queues", now=now, hosts=hosts))
        if wanted.queues is None or line.name in wanted.queues
    ]
    sources = [_unqueued(db, wanted, now)] if _takes_unqueued(wanted) else []
    sources += [_Queue(db, line, wanted, now).candidates() for line in lines]
    chosen = choose(sources, wanted.most)
    rows = _whole(db, chosen)
    if rows:
        keys = [(row[12], row[1], row[2]) for row in rows]
        db.execute(sql("commit/claim"), {"rows": encode_rows(keys), "owner": wanted.owner})
    again = _note(db, taken(lines, chosen, now), now, hosts) if lines else None
    return [Claimed(*row[:12]) for row in rows], again


@lru_cache(maxsize=64)
def _digest(hosts: tuple[str, ...]) -> str:
    """Return what tells workers apart that can run different steps."""
    return blake2b(encode(sorted(hosts)).encode(), digest_size=8).hexdigest()


def _takes_unqueued(wanted: Claim) -> bool:
    return wanted.queues is None or DEFAULT_QUEUE in wanted.queues


def _unqueued(db: apsw.Connection, wanted: Claim, now: float) -> Iterator[Candidate]:
    """Yield the jobs that no queue of their own holds, those of each priority by their age."""
    asked = {"now": now, "hosts": encode(wanted.hosts), "most": wanted.most}
    found = [
        _of_priority(db, int(priority), asked | {"priority": priority})
        for (priority,) in fetch(db, "commit/priorities")
    ]
    return merge(*found, key=lambda candidate: candidate.rank)


def _of_priority(
    db: apsw.Connection, priority: int, asked: Mapping[str, Any]
) -> Iterator[Candidate]:
    for row in fetch(db, "commit/claimable", **asked):
        yield Candidate(rank(row[13], priority), row)


class _Queue:
    """One queue with what it may give to one claim."""

    def __init__(self, db: apsw.Connection, line: Line, wanted: Claim, now: float) -> None:
        self._db = db
        self._line = line
        self._hosts = frozenset(wanted.hosts)
        self._now = now
        self._most = line.allows(wanted.most)

    def candidates(self) -> Iterator[Candidate]:
        """Yield its jobs in the order they are to be begun, as many as its limits allow."""
        if self._most:
            yield from islice(in_turn(self._line.name, self._keys(), self._busy()), self._most)

    def _busy(self) -> Mapping[str, int]:
        return dict(fetch(self._db, "commit/busy", queue=self._line.name))

    def _keys(self) -> Iterator[tuple[str, Iterator[tuple[float, Any]]]]:
        """Yield the fair keys that have jobs here, from the one whose turn it is, all around."""
        turn = self._line.turn
        behind = self._groups((turn, _AFTER_ALL_HOSTS, _LEAST))
        before = takewhile(lambda group: group[0] <= turn, self._groups(("", "", _LEAST)))
        for part in (behind, before):
            for key, groups in groupby(part, key=lambda group: group[0]):
                yield key, self._jobs(list(groups))

    def _groups(self, after: Group) -> Iterator[Group]:
        while found := fetch(self._db, "commit/next_group", **self._asked(after)):
            fair, host, priority, due = found[0]
            after = (fair, host, priority)
            if host in self._hosts and due <= self._now:
                yield after

    def _asked(self, group: Group) -> dict[str, Any]:
        fair, host, priority = group
        return {"queue": self._line.name, "fair": fair, "host": host, "priority": priority}

    def _jobs(self, groups: Iterable[Group]) -> Iterator[tuple[float, Any]]:
        """Yield the jobs of one key by their age."""
        return merge(*map(self._group, groups))

    def _group(self, group: Group) -> Iterator[tuple[float, Any]]:
        asked = self._asked(group) | {"now": self._now, "most": self._most}
        for due, *key in fetch(self._db, "commit/queued", **asked):
            yield rank(due, group[2]), key


def _whole(db: apsw.Connection, chosen: Sequence[Candidate]) -> list[Any]:
    """Return the chosen jobs with what their attempts need; some were read with it."""
    queued = [candidate.job for candidate in chosen if candidate.queue]
    if not queued:
        return [candidate.job for candidate in chosen]
    read = iter(fetch(db, "commit/chosen", rows=encode_rows(queued)))
    return [next(read) if candidate.queue else candidate.job for candidate in chosen]


def _note(db: apsw.Connection, made: Taken, now: float, hosts: str) -> float | None:
    """Write whose turn it was, and how many were begun; return when a rate allows more."""
    if made.turns:
        rows = encode_rows(made.turns)
        db.execute(sql("commit/turns"), {"rows": rows, "now": now, "hosts": hosts})
        db.execute(sql("commit/turns_gone"), {"rows": rows, "now": now})
    if made.begun:
        rows = encode_rows(made.begun)
        db.execute(sql("commit/begun"), {"rows": rows, "now": now})
        db.execute(sql("commit/begun_gone"), {"rows": rows, "now": now})
    return made.again
