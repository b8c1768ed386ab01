"""Files on disk: opened without waiting for anybody, and written whole or not at all."""

import errno
import os
from pathlib import Path
from stat import S_IMODE, S_ISREG
from typing import BinaryIO

from perdure.authoring.paths import readable_path, writable_path
from perdure.errors import InvalidInputError, TemporaryFailureError

_TO = "parameters.path"
_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EMFILE, errno.ENFILE)


def path_of(text: str | os.PathLike[str], *, where: str = "input") -> str:
    """Return the path that a text or a `file:` URL names; `where` it stands is told in errors.

    Raises InvalidInputError.
    """
    named = os.fsdecode(text).strip()
    if named.lower().startswith("file://"):
        from urllib.request import url2pathname

        named = url2pathname(named[len("file://") :].removeprefix("localhost"))
    if not named:
        raise InvalidInputError("the path is empty", path=where)
    return named


def open_file(text: str | os.PathLike[str]) -> BinaryIO:
    """Open a file that may be read here. Raises InvalidInputError, also for what is no file."""
    path = readable_path(path_of(text))
    try:
        file = open(path, "rb", opener=_without_waiting)  # noqa: SIM115 - the caller closes it
    except FileNotFoundError as error:
        raise InvalidInputError(
            f"there is no file '{path}'. Check the path; relative ones start at '{Path.cwd()}'",
            path="input",
        ) from error
    except OSError as error:
        raise _trouble(f"'{path}' cannot be opened", error, "input") from error
    if not S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise InvalidInputError(f"'{path}' is no ordinary file", path="input")
    return file


def read_bytes(text: str | os.PathLike[str], most: int) -> bytes:
    """Return a file's bytes. Raises InvalidInputError for more than `most` of them."""
    with open_file(text) as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise InvalidInputError(
            f"'{path_of(text)}' has more than {most / 2**20:g} MiB", path="input"
        )
    return content


def write_bytes(text: str, content: bytes, *, overwrite: bool, make_folders: bool) -> Path:
    """Write a file so that it is there whole or as it was, also after a crash; return its path.

    What a crash leaves is at most a hidden file beside it, `.NAME.HEX.part`. Without `overwrite` a
    file that is there is kept, and refused unless it has this very content: then an earlier
    attempt wrote it.
    """
    path = writable_path(path_of(text, where=_TO))
    part = path.parent / f".{path.name[:40]}.{os.urandom(6).hex()}.part"
    try:
        if make_folders:
            path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and not path.is_file():
            raise InvalidInputError(f"'{path}' is there and is no ordinary file", path=_TO)
        try:
            _write(part, content, like=path)
            _put(part, path, content, overwrite=overwrite)
        finally:
            part.unlink(missing_ok=True)
        _sync_folder(path.parent)
    except FileNotFoundError as error:
        raise InvalidInputError(
            f"there is no folder '{path.parent}'. Make it, or set make_folders", path=_TO
        ) from error
    except OSError as error:
        raise _trouble(f"'{path}' cannot be written", error, _TO) from error
    return path


def _write(part: Path, content: bytes, *, like: Path) -> None:
    with part.open("xb") as file:
        if like.exists():
            part.chmod(S_IMODE(like.stat().st_mode))
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _put(part: Path, path: Path, content: bytes, *, overwrite: bool) -> None:
    if overwrite:
        part.replace(path)
        return
    try:
        os.link(part, path)
    except FileExistsError as error:
        if path.read_bytes() != content:
            raise InvalidInputError(
                f"'{path}' is there with other content. Set overwrite, or name another file",
                path=_TO,
            ) from error


def _sync_folder(folder: Path) -> None:
    """Make a new name durable, where the system can (not on Windows)."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _without_waiting(path: str, flags: int) -> int:
    """Open without waiting for the other end of a pipe, and without following a link anew."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0))


def _trouble(what: str, error: OSError, where: str) -> InvalidInputError | TemporaryFailureError:
    kind = TemporaryFailureError if error.errno in _ROOM else InvalidInputError
    return kind(f"{what}: {error.strerror}", path=where)
