"""The data keys of a store's runs: made, unwrapped, used, wrapped anew."""

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

from perdure.ports.vault import DataKey, KeyRows, MasterKeyError, SecretGoneError
from perdure.vaults import envelope
from perdure.vaults.masters import MasterKey, Masters

MOST_KEPT = 64
"""How many unwrapped keys a process keeps. They are not told apart from the rows' by age."""
SLICE = 500
"""How many keys are wrapped anew in one transaction."""


class Keeper:
    """Seals and opens for the runs of a store. Safe in several threads."""

    def __init__(self, rows: KeyRows, masters: Masters) -> None:
        self._rows = rows
        self._masters = masters
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, str], bytes] = OrderedDict()

    # -- runs --------------------------------------------------------------------------------
    @contextmanager
    def wrapping(self) -> Iterator[MasterKey]:
        """Give the master key for `made`; it stays for as long as the block lasts."""
        with self._masters.wrapping() as master:
            yield master

    def made(self, run: str, master: MasterKey) -> DataKey:
        """Return a new data key for a run that is to be born; it is known here from now on."""
        key = envelope.new_key()
        row = DataKey(run, master.id, envelope.seal(master.secret, key, _about_key(run)))
        self._keep(row, key)
        return row

    def sealed_by(self, row: DataKey, place: str, kind: str, text: str) -> str:
        """Return the token of a text, for a run whose key may not be in the store yet."""
        return envelope.seal(self._key(row), text.encode(), _about(row.run, place, kind))

    def sealed(self, run: str, place: str, kind: str, text: str) -> str:
        """Return the token of a text. Raises SecretGoneError, MasterKeyError."""
        return self.sealed_by(self._row(run), place, kind, text)

    def opened(self, run: str, place: str, kind: str, token: str) -> str:
        """Return the text of a token. Raises SecretGoneError, MasterKeyError, SealBrokenError."""
        key = self._key(self._row(run))
        return envelope.unseal(key, token, _about(run, place, kind)).decode()

    def _row(self, run: str) -> DataKey:
        """Return the data key of a run, as the store has it now."""
        row = self._rows.get(run)
        if row is None:
            raise SecretGoneError(f"run {run} has no data key (any more)")
        if row.wrapped is None:
            at = datetime.fromtimestamp(row.gone_at or 0.0, UTC).isoformat(timespec="seconds")
            raise SecretGoneError(
                f"the data key of run {run} was destroyed at {at} by {row.gone_by}: what was sealed "
                "with it cannot be read any more. Start a new run with its secrets"
            )
        return row

    def _key(self, row: DataKey) -> bytes:
        with self._lock:
            if (key := self._kept.get((row.run, row.wrapped or ""))) is not None:
                return key
        key = self._unwrapped(row, self._masters.read())
        self._keep(row, key)
        return key

    def _keep(self, row: DataKey, key: bytes) -> None:
        with self._lock:
            self._kept[row.run, row.wrapped or ""] = key
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)

    def _unwrapped(self, row: DataKey, masters: Sequence[MasterKey]) -> bytes:
        master = next((master for master in masters if master.id == row.master), None)
        if master is None:
            raise self._unknown(row.master, masters)
        return envelope.unseal(master.secret, row.wrapped or "", _about_key(row.run))

    # -- master keys -------------------------------------------------------------------------
    def check(self) -> None:
        """Refuse a store that has secrets under a master key which is not here: MasterKeyError."""
        if needed := self._rows.masters():
            masters = self._masters.read()
            for id_ in sorted(needed.keys() - {master.id for master in masters}):
                raise self._unknown(id_, masters)

    def standing(self) -> dict[str, int]:
        """Return how many data keys each master key wraps, by id, the one that wraps now first."""
        counts = {master.id: 0 for master in self._masters.read()}
        return counts | self._rows.masters()

    def rotate(self) -> tuple[str, int]:
        """Wrap all data keys by another master key; return its id, and how many these were.

        When it returns, nothing in the store needs the old one. Cut off at any point it loses
        nothing, and the next time it goes on. Raises MasterKeyError.
        """
        self.check()
        count = 0
        with self._masters.rotating() as masters:
            new = masters[0]
            for old in masters[1:]:
                while rows := self._rows.under(old.id, SLICE):
                    count += self._rows.rewrap([self._anew(row, old, new) for row in rows], old.id)
        return new.id, count

    def _anew(self, row: DataKey, old: MasterKey, new: MasterKey) -> DataKey:
        key = self._unwrapped(row, [old])
        wrapped = envelope.seal(new.secret, key, _about_key(row.run))
        return row._replace(master=new.id, wrapped=wrapped)

    def _unknown(self, wanted: str, masters: Sequence[MasterKey]) -> MasterKeyError:
        there = ", ".join(master.id for master in masters) or "no key"
        return MasterKeyError(
            f"the secrets of this store need the master key {wanted}, and {self._masters.place} has "
            f"{there}. Put that key back. If it is lost, so are the secrets: `perdure keys abandon "
            f"{wanted}` lets the store be used without them"
        )


def _about(run: str, place: str, kind: str) -> str:
    return f"{kind} {place} of run {run}"


def _about_key(run: str) -> str:
    return f"the data key of run {run}"
