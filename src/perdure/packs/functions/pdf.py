"""`pdf_to_text`: the running text of a PDF, read in a process of its own.

A URL is fetched by way of the guard for outgoing requests. The file is looked at from outside first (is it a file, a PDF, whole, of a size that is meant to be
read); only then is it opened, by `pdf_child`, bounded in memory, time and pages.
"""

import io
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, BinaryIO

from annotated_types import Interval

from perdure.authoring.functions import function
from perdure.errors import InvalidInputError, MissingExtraError
from perdure.outgoing.fetching import Limits, check_url, fetch
from perdure.outgoing.statuses import check_status
from perdure.packs.functions.bounded import MEMORY, run_alone
from perdure.packs.functions.disk import open_file
from perdure.packs.functions.pdf_child import PASSWORD

MOST_BYTES = 100 * 1024 * 1024
"""The largest file that is opened."""

_TAIL = 8 * 1024


def check_pdf(source: Any) -> None:
    """Refuse what can be seen from outside to be no whole PDF. Raises `InvalidInputError`.

    Of a URL only the address is looked at: nothing is fetched.
    """
    if _is_url(source):
        check_url(source.strip())
        return
    with _opened(source) as (file, name):
        _refuse_what_is_no_pdf(file, name)


@function("pdf_to_text", returns="text", check=check_pdf)
def pdf_to_text(
    source: Any,
    *,
    password: str = "",
    max_pages: Annotated[int, Interval(ge=1, le=5000)] = 1000,
    timeout_seconds: Annotated[float, Interval(gt=0, le=3600)] = 60.0,
) -> str:
    """Return the text of a PDF: paragraphs in reading order, without headers and page numbers.

    `source` is a URL, a path (or `file:` URL), the file's bytes, or a file open for reading. Columns
    are read one after the other and words broken at line ends are joined. What cannot be read
    (missing, not a PDF, cut off, locked, larger than 100 MiB, without text) raises
    `InvalidInputError`, which says what to do about it. `timeout_seconds` are given to fetching a
    URL, and to reading the file.
    """
    if find_spec("pypdfium2") is None:
        raise MissingExtraError("pdf_to_text", "pypdfium2", "text")
    with _opened(source, timeout_seconds) as (file, name):
        _refuse_what_is_no_pdf(file, name)
        file.seek(0)
        return _read(file, name, (password, max_pages, timeout_seconds))


@contextmanager
def _opened(source: Any, seconds: float = 0.0) -> Iterator[tuple[BinaryIO, str]]:
    """Give the file that a source names, with a name for it in messages."""
    match source:
        case str() if _is_url(source):
            content = _fetched(source.strip(), seconds)
            with _spooled(io.BytesIO(content)) as file:
                yield file, f"'{source.strip().partition('?')[0][:200]}'"
        case str() | os.PathLike():
            with open_file(source) as file:
                yield file, f"'{Path(file.name).name}'"
        case bytes() | bytearray() | memoryview():
            with _spooled(io.BytesIO(source)) as file:
                yield file, "the given data"
        case _ if hasattr(source, "read"):
            with _spooled(source) as file:
                yield file, f"'{getattr(source, 'name', 'the given file')}'"
        case _:
            raise InvalidInputError(
                f"a PDF is given by its URL or path or as bytes, not as {type(source).__name__}",
                path="input",
            )


def _is_url(source: Any) -> bool:
    return isinstance(source, str) and source.strip().lower().startswith(("http://", "https://"))


def _fetched(url: str, seconds: float) -> bytes:
    answer = fetch(url, limits=Limits(seconds=seconds, max_bytes=MOST_BYTES))
    check_status(answer, who=f"'{url.partition('?')[0][:200]}'")
    return answer.content


@contextmanager
def _spooled(source: Any) -> Iterator[BinaryIO]:
    """Copy a source into a file of our own, at most one byte over the limit."""
    with tempfile.TemporaryFile() as file:
        left = MOST_BYTES + 1
        while left > 0 and (piece := source.read(min(left, 1 << 20))):
            if isinstance(piece, str):
                raise InvalidInputError("the file is open as text. Open it with 'rb'", path="input")
            left -= file.write(piece)
        file.seek(0)
        yield file


def _refuse_what_is_no_pdf(file: BinaryIO, name: str) -> None:
    size = file.seek(0, os.SEEK_END)
    if size == 0:
        raise InvalidInputError(f"{name} is empty", path="input")
    if size > MOST_BYTES:
        over = f"{size / 2**20:.0f} MiB" if size != MOST_BYTES + 1 else "larger"
        raise InvalidInputError(
            f"{name} is {over}; at most {MOST_BYTES // 2**20} MiB are read. "
            "Split the document, or reduce its images",
            path="input",
        )
    file.seek(0)
    head = file.read(1024)
    start = head.find(b"%PDF-")
    if start < 0:
        raise InvalidInputError(f"{name} is not a PDF: it begins with {head[:16]!r}", path="input")
    file.seek(max(0, size - _TAIL))
    if b"%%EOF" not in file.read() or _promised(head) > size:
        raise InvalidInputError(
            f"{name} is cut off: the end of the PDF is missing. Fetch the file again", path="input"
        )


def _promised(head: bytes) -> int:
    """Return the length that a linearised PDF states for itself in its first object, or 0."""
    first, linearised, rest = head.partition(b"/Linearized")
    _, found, length = (first[-64:] + rest[:256]).partition(b"/L ")
    digits = length.split(b"/")[0].split(b">")[0].strip() if found and linearised else b""
    return int(digits) if digits.isdigit() and len(digits) < 16 else 0


def _read(file: BinaryIO, name: str, options: tuple[str, int, float]) -> str:
    password, most_pages, seconds = options
    try:
        done = run_alone(
            "pdf_child",
            file,
            (MEMORY, int(seconds) + 1, most_pages),
            seconds=seconds,
            secrets={PASSWORD: password},
        )
    except subprocess.TimeoutExpired as error:
        raise InvalidInputError(
            f"{name} could not be read in {seconds:g} s. Split it, or raise `timeout_seconds`",
            path="input",
        ) from error
    head, _, text = done.stdout.partition(b"\n")
    if done.returncode == 0 and head.startswith(b"ok "):
        return text.decode("utf-8")
    reason = (
        head.decode("ascii", "replace").removeprefix("refused ") if done.returncode == 0 else ""
    )
    raise InvalidInputError(_refusal(name, reason, done), path="input")


def _refusal(name: str, reason: str, done: subprocess.CompletedProcess[bytes]) -> str:
    word, _, number = reason.partition(" ")
    texts = {
        "password": f"{name} is encrypted and the password does not open it. "
        "Give the right one as the parameter `password`, or save the file without one",
        "damaged": f"{name} is damaged and cannot be opened. Fetch or export it again",
        "pages": f"{name} has {number} pages, more than `max_pages` allows. "
        "Raise it or split the file",
        "long": f"{name} holds more text than is read at once. Split the file",
        "blank": f"{name} has {number} page(s) and no text: they may be scanned images, "
        "which need character recognition first",
    }
    if word in texts:
        return texts[word]
    last = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
    ended = last or f"its reader ended with code {done.returncode}"
    return f"{name} could not be read: {ended[:200]}. The file is damaged, or too complex to open"
