"""`extract_text`: the text of whatever holds one: a page, a file, a record, a text itself."""

import re
from collections.abc import Mapping
from pathlib import PurePath
from typing import Annotated, Any, Literal

from annotated_types import Interval

from perdure.authoring.functions import function
from perdure.authoring.paths import readable_path
from perdure.errors import InvalidInputError
from perdure.outgoing.fetching import Answer, Limits, fetch
from perdure.outgoing.statuses import check_status
from perdure.packs.functions.disk import path_of, read_bytes
from perdure.packs.functions.markup import decoded, is_page, paragraphs_of
from perdure.packs.functions.office import docx_to_text, is_docx
from perdure.packs.functions.pdf import pdf_to_text

Format = Literal["auto", "text", "markdown", "html", "pdf", "docx"]

MOST_BYTES = 100 * 1024 * 1024
"""The largest file that is looked at."""

ENDINGS: dict[str, Format] = {
    ".pdf": "pdf",
    ".docx": "docx",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".txt": "text",
    ".text": "text",
    ".md": "markdown",
    ".markdown": "markdown",
}
TEXTS = ("text", "abstract", "content", "summary", "description")
PLACES = ("pdf_url", "path", "url")

_CHARSET = re.compile(r"charset=[\"']?([\w-]{1,40})", re.IGNORECASE)
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


@function("extract_text", returns="text")
def extract_text(
    source: Any,
    *,
    format: Format = "auto",  # noqa: A002 - the parameter's name
    full_text: bool = False,
    timeout_seconds: Annotated[float, Interval(gt=0, le=3600)] = 60.0,
) -> str:
    """Return the text that a source holds.

    `source` is a text or an HTML page as text, a URL, a path that ends in .pdf, .docx, .html, .txt
    or .md (or a `file:` URL), bytes, or a record. Of a record it is the `text`, `abstract`, `content`,
    `summary` or `description`, whichever there is first; with `full_text`, or without any of them,
    what its `pdf_url`, `path` or `url` holds; else its `title`. HTML gives what a reader sees, a
    PDF its paragraphs (see `pdf_to_text`), a Word document its paragraphs and rows of tables;
    Markdown stays as it is.
    """
    match source:
        case Mapping():
            return _of_record(source, format, full_text, timeout_seconds)
        case bytes():
            return _of_bytes(source, format, "the given data", timeout_seconds)
        case str() if _is_url(source):
            return _of_url(source.strip(), format, timeout_seconds)
        case str() if (path := _path(source)) is not None:
            return _of_path(path, format, timeout_seconds)
        case str():
            return _of_text(source, format)
        case _:
            raise InvalidInputError(
                f"must be a text, a URL, a path or a record, not {type(source).__name__}",
                path="input",
            )


def _of_record(record: Mapping[str, Any], kind: Format, full: bool, seconds: float) -> str:
    text = next((t for name in TEXTS if isinstance(t := record.get(name), str) and t.strip()), None)
    if text is not None and not full:
        return _of_text(text, "auto")
    for name in PLACES:
        place = record.get(name)
        if isinstance(place, str) and _is_url(place):
            return _of_url(place.strip(), kind, seconds)
        if isinstance(place, str) and place.strip() and name == "path":
            return _of_path(place, kind, seconds)
    if text is not None:
        return _of_text(text, "auto")
    title = record.get("title")
    if isinstance(title, str) and title.strip():
        return title.strip()
    raise InvalidInputError(
        f"this record has no text. Looked for: {', '.join((*TEXTS, *PLACES, 'title'))}",
        path="input",
    )


def _of_text(text: str, kind: Format) -> str:
    is_html = kind == "html" or (kind == "auto" and is_page(text))
    return paragraphs_of(text) if is_html else text.strip()


def _of_path(path: str, kind: Format, seconds: float) -> str:
    if kind == "auto":
        kind = ENDINGS.get(PurePath(path).suffix.lower(), "auto")
    return _of_bytes(read_bytes(path, MOST_BYTES), kind, f"'{path}'", seconds)


def _of_url(url: str, kind: Format, seconds: float) -> str:
    answer = fetch(url, limits=Limits(seconds=seconds, max_bytes=MOST_BYTES))
    shown = f"'{url.partition('?')[0][:200]}'"
    check_status(answer, who=shown)
    if kind == "auto":
        kind = _kind_of(answer)
    charset = _CHARSET.search(answer.headers.get("content-type", ""))
    return _of_bytes(answer.content, kind, shown, seconds, charset[1] if charset else "")


def _kind_of(answer: Answer) -> Format:
    if answer.media_type in ("text/html", "application/xhtml+xml"):
        return "html"
    return "text" if answer.media_type.startswith("text/") else "auto"


def _of_bytes(content: bytes, kind: Format, name: str, seconds: float, charset: str = "") -> str:
    if kind == "pdf" or content.lstrip()[:5] == b"%PDF-":
        return pdf_to_text(content, timeout_seconds=seconds)
    if kind == "docx" or is_docx(content):
        return docx_to_text(content, name=name, seconds=seconds)
    if _BINARY.search(content[:4096]):
        raise InvalidInputError(
            f"{name} is no text, page, PDF or Word document: it begins with {content[:16]!r}",
            path="input",
        )
    return _of_text(decoded(content, charset).replace("\r\n", "\n"), kind)


def _path(text: str) -> str | None:
    """Return the path that a text is, if it is one: a `file:` URL, or the name of a file that is there.

    One with a known ending and no space that leads to no file is a mistake, not a text.
    """
    if text.strip().lower().startswith("file://"):
        return path_of(text)
    ending = PurePath(text.strip()).suffix.lower() if _is_one(text) else ""
    if ending not in ENDINGS:
        return None
    path = text.strip()
    is_name = not any(character.isspace() for character in path)
    return path if is_name or readable_path(path).is_file() else None


def _is_url(text: str) -> bool:
    return text.strip().lower().startswith(("http://", "https://")) and _is_one(text)


def _is_one(text: str) -> bool:
    """Tell whether a text can be one path or URL."""
    return len(text) <= 8_192 and "\n" not in text.strip()
