"""`clean_text`: text made even, and on request reduced to what later steps need."""

# ruff: noqa: RUF001
# The typographic marks are what is looked for.

import re
import unicodedata
from typing import Literal

from perdure.authoring.functions import function
from perdure.packs.functions.markup import without_markup
from perdure.packs.terms import stopwords

Language = Literal["en", "de", "fr", "es", "it", "pt", "nl"]

_URL = re.compile(r"\b(?:https?://|www\.)[^\s<>\"]*[^\s<>\".,;:!?)\]]")
_NUMBER = re.compile(r"(?<!\w)[+-]?\d+(?:[.,:/]\d+)*%?(?!\w)")
_TOKEN = re.compile(r"\S+")
_CORE = re.compile(r"\w(?:.*\w)?")
_SPACES = re.compile(r"[^\S\n]+")
_EMPTY_LINES = re.compile(r"\n{3,}")
_FULL_STOP = ".!?"


@function("clean_text", returns="text")
def clean_text(  # noqa: PLR0913 - a switch for each thing that may be done
    text: str,
    *,
    lowercase: bool = False,
    remove_stopwords: bool = False,
    remove_punctuation: bool = False,
    remove_numbers: bool = False,
    remove_urls: bool = False,
    remove_html: bool = False,
    language: Language = "en",
) -> str:
    """Return the text in one Unicode form, without control characters and surplus white space.

    Paragraphs and lines stay. Stop words are those of `language`; negations are not among them,
    since without them a text says the opposite.
    """
    if remove_html:
        text = without_markup(text)
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(c if c == "\n" or not _is_control(c) else " " * (c == "\t") for c in text)
    if remove_urls:
        text = _URL.sub(" ", text)
    if lowercase:
        text = text.lower()
    if remove_numbers:
        text = _NUMBER.sub(" ", text)
    if remove_stopwords:
        text = "\n".join(_without_stopwords(line, language) for line in text.split("\n"))
    if remove_punctuation:
        text = "".join(_unpunctuated(text))
    lines = (_SPACES.sub(" ", line).strip() for line in text.split("\n"))
    return _EMPTY_LINES.sub("\n\n", "\n".join(lines)).strip()


def _is_control(character: str) -> bool:
    return (
        unicodedata.category(character) in {"Cc", "Cs", "Co", "Cn"}
        or character in "\ufeff\u200b\u00ad"
    )


def _without_stopwords(line: str, language: Language) -> str:
    """Drop the stop words of a line; the full stop of a dropped word goes to the one before."""
    words = stopwords(language)
    kept: list[str] = []
    for token in _TOKEN.findall(line):
        core = _CORE.search(token)
        if core is None or core[0].replace("’", "'").lower() not in words:
            kept.append(token)
        elif kept and token[-1] in _FULL_STOP and kept[-1][-1] not in _FULL_STOP:
            kept[-1] = kept[-1].rstrip(",;:") + token[-1]
    return " ".join(kept)


def _unpunctuated(text: str) -> list[str]:
    """Replace punctuation and symbols by spaces, except inside a word (don't, well-known)."""
    made = []
    for n, character in enumerate(text):
        inside = character in "'’-" and text[n - 1 : n].isalnum() and text[n + 1 : n + 2].isalnum()
        made.append(" " if unicodedata.category(character)[0] in "PS" and not inside else character)
    return made
