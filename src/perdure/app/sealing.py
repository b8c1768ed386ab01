"""Secrets of runs: sealed as they come in, before anything is written; their keys, and their end.

The library that seals is not imported before a run has secrets.
"""

import contextlib
import getpass
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Any

from perdure.authoring.masking import Masks
from perdure.authoring.registry import Workflow
from perdure.errors import InvalidValueError, RunNotFoundError
from perdure.kernel.plan import Plan, PlanKind
from perdure.ports.clock import Clock
from perdure.ports.rows import Loaded
from perdure.ports.store import Store
from perdure.ports.vault import DataKey, KeyGone
from perdure.runtime.envelopes import Birth
from perdure.vaults.keeper import Keeper
from perdure.vaults.masters import MasterKey, masters_of
from perdure.wire.encoding import decode, encode, encode_value
from perdure.wire.sealed import (
    PRIVATE,
    SECRET,
    VAULT,
    Settings,
    has_vault,
    input_place,
    read_sealed,
    sealed_value,
    settings_of,
    with_vault,
)
from perdure.wire.wrappers import is_wrapped, unwrapped

SLICE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Security:
    """How a run is to be kept: `start(..., security_config={...})` has these names.

    `encrypt_intermediate_results`: what steps give to others is sealed. `audit_logging`: who started
    the run, and which step read which secret, is kept with it. `secure_deletion`: its data key is
    destroyed when it ends.
    """

    encrypt_intermediate_results: bool = False
    audit_logging: bool = False
    secure_deletion: bool = False

    @classmethod
    def of(cls, given: object) -> "Security":
        """Return what was given. Raises InvalidValueError that names what is wrong."""
        if not isinstance(given, Mapping):
            raise InvalidValueError(f"it is a mapping, and {given!r} is none", "security_config")
        known = [each.name for each in fields(cls)]
        for name, value in given.items():
            here = f"security_config.{name}"
            if name not in known:
                near = get_close_matches(str(name), known, n=1)
                hint = f"Did you mean {near[0]!r}?" if near else f"There are: {', '.join(known)}"
                raise InvalidValueError(f"there is no such setting. {hint}", here)
            if not isinstance(value, bool):
                raise InvalidValueError(f"must be true or false, not {value!r}", here)
        return cls(**given)


def wants_sealing(inputs: Mapping[str, Any], security: object) -> bool:
    """Whether a start has anything to seal."""
    return security is not None or any(is_wrapped(value) for value in inputs.values())


@dataclass(slots=True, kw_only=True)
class Sealing:
    """The start of one run with secrets. `plain` are its inputs, for those who check them.

    Where its plan `is_generated`, somebody's code has made that of the inputs.
    """

    keeper: Keeper
    master: MasterKey
    settings: Settings
    plain: Mapping[str, Any] = field(repr=False)
    names: frozenset[str]
    is_generated: bool = False

    def seal(self, birth: Birth) -> None:
        """Give the run that is to be born a data key, and seal its inputs by it.

        Raises InvalidValueError where its plan, which is kept in clear, holds a secret.
        """
        if self.is_generated:
            masks = Masks()
            for name in self.names:
                masks.add(self.plain[name])
            if masks and masks.hide(birth.body) != birth.body:
                raise InvalidValueError(
                    "the steps that the generator has made hold a secret, and they are kept in "
                    "clear. Let it write ${workflow.input.NAME} instead"
                )
        row = self.keeper.made(birth.run, self.master)
        values: dict[str, Any] = decode(birth.context)
        for name, value in values.items():
            if name in self.names or read_sealed(value) is not None:
                kind = SECRET if name in self.names else PRIVATE
                token = self.keeper.sealed_by(row, input_place(name), kind, encode(value))
                values[name] = sealed_value(kind, token)
        birth.context = with_vault(self.settings, values)
        birth.data_key = row


class Secrets:
    """The secrets of the runs of a store: `standing()`, `rotate()`, `forget(run)`, `abandon(key)`."""

    def __init__(self, store: Store, path: Path | None, clock: Clock) -> None:
        self._store = store
        self._path = path
        self._clock = clock

    @cached_property
    def keeper(self) -> Keeper:
        """What knows the keys; made when it is first needed."""
        return Keeper(self._store.data_keys, masters_of(self._path, os.environ))

    def check(self) -> None:
        """Refuse a store with secrets whose master key is not here. Raises MasterKeyError."""
        if self._store.data_keys.masters():
            self.keeper.check()

    def sealed(self, run: str, place: str, kind: str, text: str) -> str:
        """Return the token of a JSON text that was sealed (`ports.vault.Vault`)."""
        return self.keeper.sealed(run, place, kind, text)

    def opened(self, run: str, place: str, kind: str, token: str) -> str:
        """Return the JSON text of a token (`ports.vault.Vault`)."""
        return self.keeper.opened(run, place, kind, token)

    # -- runs --------------------------------------------------------------------------------
    @contextmanager
    def sealing(
        self, flow: Workflow, inputs: Mapping[str, Any], security: object
    ) -> Iterator[Sealing]:
        """Give what seals a start's inputs; the block ends when its commit is known.

        Raises InvalidValueError, MasterKeyError, MissingExtraError.
        """
        if flow.plan.kind is not PlanKind.GRAPH:
            raise InvalidValueError(
                f"only runs of definitions keep secrets, and {flow.name!r} is code: what it is "
                "given stands in its context. Give it the name of the secret, and let its step "
                "fetch it"
            )
        asked = Security.of(security if security is not None else {})
        names = frozenset(name for name, value in inputs.items() if is_wrapped(value))
        plain = {name: unwrapped(name, value) for name, value in inputs.items()}
        now = self._clock.now()
        settings = Settings(
            encrypts=asked.encrypt_intermediate_results,
            deletes=asked.secure_deletion,
            audits=asked.audit_logging,
            by=_user() if asked.audit_logging else "",
            at=now if asked.audit_logging else 0.0,
        )
        with self.keeper.wrapping() as master:
            yield Sealing(
                keeper=self.keeper, master=master, settings=settings, plain=plain, names=names,
                is_generated=flow.opens is not None,
            )  # fmt: skip

    def changed(
        self, run: str, plan: Plan, context: str, changes: Mapping[str, Any] | None
    ) -> Mapping[str, Any] | None:
        """Return changes of a run's inputs with secrets sealed. Raises InvalidValueError."""
        if not changes or plan.kind is not PlanKind.GRAPH:
            return changes
        made: dict[str, Any] = {}
        for name, value in changes.items():
            if name == VAULT:
                raise InvalidValueError("the name is perdure's own", f"context.{name}")
            plain = unwrapped(name, value)
            odd = read_sealed(value) is not None and has_vault(context)
            if is_wrapped(value) and not has_vault(context):
                raise InvalidValueError(
                    "the run was started without secrets, so it has no key to seal one with. Start a "
                    "new run",
                    f"context.{name}",
                )
            made[name] = value
            if is_wrapped(value) or odd:
                kind = PRIVATE if odd else SECRET
                text = encode_value(plain, f"context.{name}")
                made[name] = sealed_value(kind, self.sealed(run, input_place(name), kind, text))
        return made

    @contextmanager
    def resealing(self, birth: Birth, of: str) -> Iterator[None]:
        """Seal for a fork what is sealed for the run that it is of, by a key of its own.

        The block ends when its commit is known. Raises SecretGoneError where that run's is gone.
        """
        if (settings := settings_of(birth.context)) is None:
            yield
            return
        with self.keeper.wrapping() as master:
            row = self.keeper.made(birth.run, master)
            values = decode(birth.context)
            del values[VAULT]
            for name, value in values.items():
                values[name] = self._resealed(row, of, input_place(name), value)
            birth.context = with_vault(settings, values)
            birth.copied = [
                ended
                if ended.output is None
                else ended._replace(
                    output=encode(self._resealed(row, of, ended.step, decode(ended.output)))
                )
                for ended in birth.copied
            ]
            birth.data_key = row
            yield

    def _resealed(self, row: DataKey, of: str, place: str, value: Any) -> Any:
        if (found := read_sealed(value)) is None:
            return value
        kind, token = found
        text = self.opened(of, place, kind, token)
        return sealed_value(kind, self.keeper.sealed_by(row, place, kind, text))

    # -- keys --------------------------------------------------------------------------------
    def standing(self) -> dict[str, int]:
        """Return how many runs' keys each master key wraps, by its id, the one in use first."""
        return self.keeper.standing()

    def rotate(self) -> tuple[str, int]:
        """Have another master key wrap the keys of all runs; return its id, and how many these are.

        After that nothing that is kept needs the old one, and what it wrapped in backups is lost
        with it. A crash in between loses nothing; rotate again. Raises MasterKeyError.
        """
        return self.keeper.rotate()

    def forget(self, run: str, *, by: str = "") -> bool:
        """Destroy the data key of a run that has ended; False if it has none (any more).

        Its secrets, and what was sealed beside them, can never be read again. Raises
        RunNotFoundError, and InvalidValueError for a run that is live.
        """
        loaded = self._store.load([run]).get(run)
        if loaded is None:
            raise RunNotFoundError(run, "The runs of this store are listed by: perdure runs")
        if loaded.row.ended_at is None:
            raise InvalidValueError(
                f"run {run} is {loaded.row.status}, and may need its secrets yet. Cancel it first: "
                f"perdure cancel {run}"
            )
        gone = KeyGone(run, self._clock.now(), by or _user())
        return bool(self._store.data_keys.destroy([gone]))

    def abandon(self, master: str, *, by: str = "") -> int:
        """Destroy every data key under a master key that is lost; return how many these were."""
        count, now = 0, self._clock.now()
        while rows := self._store.data_keys.under(master, SLICE):
            gone = [KeyGone(row.run, now, by or _user()) for row in rows]
            count += len(self._store.data_keys.destroy(gone))
        return count


def key_of(store: Store, loaded: Loaded) -> DataKey | None:
    """Return the data key of a run that has a vault; None for any other, which is not asked for it."""
    return store.data_keys.get(loaded.row.id) if has_vault(loaded.context) else None


def told_of(context: str, key: DataKey | None) -> str | None:
    """Return in words how a run's secrets are kept; None for a run that has none."""
    if (settings := settings_of(context)) is None:
        return None
    if key is None or key.wrapped is None:
        at = datetime.fromtimestamp((key.gone_at if key else None) or 0.0, UTC)
        by = key.gone_by if key else "nobody knows whom"
        told = f"deleted at {at.isoformat(timespec='seconds')} by {by}"
    else:
        told = "sealed" + (", until its end" if settings.deletes else "")
    return told + (f"; started by {settings.by}" if settings.audits else "")


def _user() -> str:
    """Return who runs this process."""
    with contextlib.suppress(OSError, KeyError):
        return getpass.getuser()
    return "unknown"
