"""Secret texts taken out of other texts: as they are, and in the spellings that they get on their way.

This finds what is spelt in one of these ways, and nothing that was made of a secret otherwise.
"""

import base64
import logging
import threading
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any
from urllib.parse import quote, quote_plus

from perdure.kernel.references import Json
from perdure.wire.encoding import encode

MASK = "<secret>"
LEAST = 4
"""Shorter texts are left where they are: they stand in every other word."""
MOST_TEXTS = 1_000
MOST_LENGTH = 64 * 1024


class Masks:
    """The secret texts that one attempt has read."""

    def __init__(self) -> None:
        self._texts: set[str] = set()
        self._spelt: tuple[str, ...] | None = ()

    def __bool__(self) -> bool:
        """Whether there is anything to mask."""
        return bool(self._texts)

    def add(self, value: Json) -> None:
        """Take the texts and the numbers in a value for secret."""
        for text in _texts(value):
            if LEAST <= len(text) <= MOST_LENGTH and len(self._texts) < MOST_TEXTS:
                self._texts.add(text)
                self._spelt = None

    def hide(self, text: str) -> str:
        """Return the text with each secret in it replaced."""
        if self._spelt is None:
            found = {way for secret in self._texts for way in spellings(secret)}
            self._spelt = tuple(sorted(found, key=len, reverse=True))
        for spelt in self._spelt:
            text = text.replace(spelt, MASK)
        return text

    def hide_in(self, value: Json) -> Json:
        """Return a value with each secret in it replaced."""
        if isinstance(value, str):
            return self.hide(value)
        if isinstance(value, list):
            return [self.hide_in(part) for part in value]
        if isinstance(value, dict):
            return {self.hide(name): self.hide_in(part) for name, part in value.items()}
        if isinstance(value, bool) or value is None:
            return value
        return MASK if self.hide(encode(value)) == MASK else value


def _texts(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield encode(value)


def spellings(text: str) -> set[str]:
    """Return a text as it is and as JSON, Python, URLs, base64 and hexadecimal digits spell it."""
    raw = text.encode()
    ways = {text, repr(text)[1:-1], encode(text)[1:-1], ascii(text)[1:-1], _ascii_json(text)}
    ways |= {quote(text), quote(text, safe=""), quote_plus(text), raw.hex(), raw.hex().upper()}
    for skipped in range(3):  # base64 spells a text in three ways, by the place where it begins
        coded = base64.b64encode(bytes(skipped) + raw).decode().rstrip("=")
        inner = coded[(0, 2, 3)[skipped] :]
        inner = inner if (skipped + len(raw)) % 3 == 0 else inner[:-1]
        ways |= {inner, inner.replace("+", "-").replace("/", "_")}
    return {way for way in ways if len(way) >= LEAST}


def _ascii_json(text: str) -> str:
    """Return what JSON makes of a text where it is kept to ASCII."""
    escaped: dict[str, str | int | None] = {
        each: _units(each) for each in text if not each.isascii()
    }
    return encode(text)[1:-1].translate(str.maketrans(escaped))


def _units(character: str) -> str:
    digits = character.encode("utf-16-be").hex()
    return "".join(f"\\u{digits[at : at + 4]}" for at in range(0, len(digits), 4))


MASKING: ContextVar[Masks | None] = ContextVar("perdure_masks", default=None)
"""What is secret in what runs here."""

_lock = threading.Lock()
_is_on = False


def mask_logs() -> None:
    """Have log records lose what is secret where they are made; from the first secret on."""
    global _is_on  # noqa: PLW0603
    with _lock:
        if _is_on:
            return
        _is_on = True
        make = logging.getLogRecordFactory()

        def made(*args: Any, **given: Any) -> logging.LogRecord:
            record = make(*args, **given)
            masks = MASKING.get()
            return _masked(record, masks) if masks else record

        logging.setLogRecordFactory(made)


def _masked(record: logging.LogRecord, masks: Masks) -> logging.LogRecord:
    record.msg, record.args = masks.hide(record.getMessage()), None
    if record.exc_info:
        record.exc_text = masks.hide(logging.Formatter().formatException(record.exc_info))
        record.exc_info = None
    if record.stack_info:
        record.stack_info = masks.hide(record.stack_info)
    return record
