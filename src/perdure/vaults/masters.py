"""Master keys: where they are, which one wraps, and how another one takes its place.

They are written as text, each as 64 hexadecimal digits: on lines in a file beside the store, or
with commas between in the environment. The first one wraps; all can open. The file is made when it
is first needed, with mode 0600, and is never changed but by being replaced whole.

Who wraps a key holds the file's lock, shared, until the key is in the store, and who rotates holds
it alone; so no key can be written under a master key that is just going.
"""

import contextlib
import hashlib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from perdure.ports.vault import MasterKeyError
from perdure.vaults.envelope import KEY_BYTES, new_key

try:
    import fcntl
except ImportError:  # Windows: rotate when nothing else has the store open
    fcntl = None  # type: ignore[assignment]

VARIABLE = "PERDURE_MASTER_KEY"
MODE = 0o600
_TEXT = re.compile(rf"[0-9a-fA-F]{{{2 * KEY_BYTES}}}")
_LEAST_BYTES = 8  # of the 32 of a key so many differ, if chance has made it


@dataclass(frozen=True, slots=True)
class MasterKey:
    """A key that wraps others; its id tells nothing of it."""

    secret: bytes = field(repr=False)

    @property
    def id(self) -> str:
        """What rows name it by."""
        return hashlib.sha256(b"perdure master key\0" + self.secret).hexdigest()[:16]


class Masters(Protocol):
    """The master keys that a process has."""

    @property
    def place(self) -> str:
        """Where they are, for messages."""

    def read(self) -> Sequence[MasterKey]:
        """Return the keys as they are now, the one that wraps first; none where none was made."""

    def wrapping(self) -> AbstractContextManager[MasterKey]:
        """Give the key that wraps; it does not go before the block ends. The first one is made."""

    def rotating(self) -> AbstractContextManager[Sequence[MasterKey]]:
        """Give a key that wraps from now on, then those that go with the block's end."""


class FileMasters:
    """Keys in a file, which is made when it is needed."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def place(self) -> str:
        """The file."""
        return str(self._path)

    def read(self) -> Sequence[MasterKey]:
        """Return the keys of the file."""
        try:
            mode = self._path.stat().st_mode
            text = self._path.read_text(encoding="ascii", errors="replace")
        except FileNotFoundError:
            return ()
        if os.name == "posix" and mode & 0o077:
            raise MasterKeyError(
                f"the master key in {self._path} can be read by others. Do: chmod 600 {self._path}"
            )
        return parse(text.split(), str(self._path))

    @contextmanager
    def wrapping(self) -> Iterator[MasterKey]:
        """Give the first key of the file."""
        if not self.read():
            with self._locked(alone=True):
                if not self.read():
                    self._write([MasterKey(new_key())])
        with self._locked(alone=False):
            yield self.read()[0]

    @contextmanager
    def rotating(self) -> Iterator[Sequence[MasterKey]]:
        """Put a new key before the others; when the block has ended, the others go.

        Where the block was not reached or not ended, both stay, and the next time it goes on.
        """
        with self._locked(alone=True):
            keys = self.read()
            if len(keys) < 2:
                keys = (MasterKey(new_key()), *keys)
                self._write(keys)
            yield keys
            self._write(keys[:1])

    def _write(self, keys: Sequence[MasterKey]) -> None:
        """Replace the file: it has the old keys or the new ones, whatever happens."""
        beside = self._path.with_name(f"{self._path.name}.new")
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, MODE)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.writelines(f"{key.secret.hex()}\n" for key in keys)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self._path)
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    @contextmanager
    def _locked(self, *, alone: bool) -> Iterator[None]:
        lock = self._path.with_name(f"{self._path.name}.lock")
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, MODE)
        try:
            if fcntl is not None:
                fcntl.flock(descriptor, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
            yield
        finally:
            os.close(descriptor)


class GivenMasters:
    """Keys that whoever runs the process has given, in the environment: perdure cannot change them."""

    def __init__(self, keys: Sequence[MasterKey], place: str) -> None:
        self._keys = tuple(keys)
        self._place = place

    @property
    def place(self) -> str:
        """Where they were given."""
        return self._place

    def read(self) -> Sequence[MasterKey]:
        """Return the keys that were given."""
        return self._keys

    def wrapping(self) -> AbstractContextManager[MasterKey]:
        """Give the first key."""
        return contextlib.nullcontext(self._keys[0])

    @contextmanager
    def rotating(self) -> Iterator[Sequence[MasterKey]]:
        """Give the keys; those behind the first are for their giver to take away. MasterKeyError."""
        if len(self._keys) < 2:
            raise MasterKeyError(
                f"{self._place} has one key, so there is nothing to go over to. Give the new key and "
                f"the old one, {VARIABLE}=NEW,OLD, to every process; then rotate; then leave the old "
                "one out"
            )
        yield self._keys


def masters_of(path: Path | None, environ: Mapping[str, str]) -> Masters:
    """Return the master keys for the store at this path, or for one in memory."""
    if text := environ.get(VARIABLE, "").strip():
        words = [word.strip() for word in text.split(",")]
        return GivenMasters(parse(words, VARIABLE), VARIABLE)
    if path is None:
        return GivenMasters([MasterKey(new_key())], "memory")
    return FileMasters(path.with_name(f"{path.name}.key"))


def parse(words: Sequence[str], place: str) -> Sequence[MasterKey]:
    """Return the keys of these words. Raises MasterKeyError, which does not say what stands there."""
    keys = []
    for number, word in enumerate(words, 1):
        if not _TEXT.fullmatch(word):
            raise MasterKeyError(
                f"key {number} of {place} is no master key: that is {2 * KEY_BYTES} hexadecimal "
                "digits, such as `openssl rand -hex 32` prints"
            )
        secret = bytes.fromhex(word)
        if len(set(secret)) < _LEAST_BYTES:
            raise MasterKeyError(
                f"key {number} of {place} was not made by chance. Make one: openssl rand -hex 32"
            )
        keys.append(MasterKey(secret))
    return tuple(keys)
