"""What is printed, where: results to standard output, everything about them to standard error.

Text of others (results, errors, names) is shown as it is and never read as markup; what would
steer a terminal is made visible.
"""

import io
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

from rich.console import Console
from rich.style import Style
from rich.text import Text

from perdure.wire.encoding import encode

PLAIN_WIDTH = 100
"""How wide tables are where no terminal says how wide it is."""

STYLES = {
    "pending": "dim",
    "queued": "dim",
    "skipped": "dim",
    "stopped": "dim",
    "cancelled": "dim",
    "running": "cyan",
    "retrying": "yellow",
    "sleeping": "yellow",
    "waiting": "yellow",
    "outcome_unknown": "red",
    "stranded": "red",
    "cancelling": "yellow",
    "paused": "yellow",
    "completed": "green",
    "failed": "red",
}
"""The colour of each status, of runs and of steps."""

_indented = json.JSONEncoder(ensure_ascii=False, allow_nan=False, indent=2).encode
"""For people and pipes; what is kept is written by `wire.encoding`."""
_in_ascii = json.JSONEncoder(ensure_ascii=True, allow_nan=False, indent=2).encode

_UNSAFE = dict.fromkeys((*range(32), *range(127, 160)), "�")
_UNSAFE.pop(ord("\n"))
_UNSAFE[ord("\t")] = "    "


_reserved: list[TextIO] = []


@contextmanager
def reserved() -> Iterator[None]:
    """Keep standard output for what this module prints; what others print goes to standard error.

    A step's code, or a module that is imported for its workflows, may print at any moment, and
    must not get in among a document.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="replace")  # a letter that cannot be shown is no failure
    _reserved.append(sys.stdout)
    sys.stdout = sys.stderr
    try:
        yield
    finally:
        sys.stdout = _reserved.pop()


def stdout() -> TextIO:
    """Return standard output, also while it is reserved."""
    return _reserved[-1] if _reserved else sys.stdout


def give_up() -> None:
    """Print no more to standard output: it is full, or nobody reads it."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stdout().fileno())  # else Python would fail once more when it ends
    os.close(nowhere)


def console(*, to_error: bool = False) -> Console:
    """Return a console on standard output or error, as they are now; colours in terminals only."""
    file = sys.stderr if to_error else stdout()
    width = None if file.isatty() or "COLUMNS" in os.environ else PLAIN_WIDTH
    return Console(
        file=file, width=width, markup=False, highlight=False, emoji=False, soft_wrap=False
    )


def say(text: str, *, style: str | Style = "", to_error: bool = False) -> None:
    """Print a text, each of its lines unbroken."""
    console(to_error=to_error).print(Text(safe(text), style=style), soft_wrap=True)


def note(text: str) -> None:
    """Print something about what is done, to standard error."""
    say(text, to_error=True)


def warn(text: str) -> None:
    """Print a warning, to standard error."""
    _marked("warning: ", "yellow", text)


def error(text: str) -> None:
    """Print an error, to standard error."""
    _marked("error: ", "bold red", text)


def _marked(mark: str, style: str, text: str) -> None:
    line = Text.assemble((mark, style), safe(text))
    console(to_error=True).print(line, soft_wrap=True)


def document(value: Any) -> None:
    """Print one JSON document, to standard output."""
    spelled = _indented if stdout().encoding.lower().startswith("utf") else _in_ascii
    raw(spelled(value) + "\n")


def raw(text: str) -> None:
    """Write a text to standard output as it is."""
    stdout().write(text)
    stdout().flush()


def pretty(value: Any) -> str:
    """Return a value as indented JSON."""
    return _indented(value)


def compact(value: Any) -> str:
    """Return a value as JSON on one line."""
    return encode(value)


def safe(text: str) -> str:
    """Return a text in which no character steers a terminal."""
    return text.replace("\r\n", "\n").translate(_UNSAFE)


def indented(text: str, by: int) -> str:
    """Return a text whose further lines stand under its first one."""
    return text.rstrip().replace("\n", "\n" + " " * by)


def status(name: str) -> Text:
    """Return a status in its colour."""
    return Text(name, style=STYLES.get(name, ""))
