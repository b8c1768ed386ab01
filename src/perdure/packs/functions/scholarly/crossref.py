"""Crossref: works by their metadata (https://api.crossref.org/swagger-ui/index.html).

What publishers deposit is what it tells: abstracts are often missing, and hold JATS markup.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from perdure.errors import InvalidValueError, TemporaryFailureError
from perdure.packs.functions.scholarly.papers import Found, Paper, Question, plain, plain_doi
from perdure.wire.encoding import parse

NAME = "crossref"
URL = "https://api.crossref.org/works"


def address(base: str, question: Question, *, contact: str = "") -> str:
    """Return the URL that asks for works; who names a mail address is served from a better pool."""
    asked: dict[str, Any] = {"query": question.query.replace('"', " "), "rows": question.count}
    span = [
        f"{name}:{year:04}"
        for name, year in (
            ("from-pub-date", question.year_from),
            ("until-pub-date", question.year_to),
        )
        if year is not None
    ]
    if span:
        asked["filter"] = ",".join(span)
    if contact:
        asked["mailto"] = contact
    return f"{base}?{urlencode(asked)}"


def read(content: bytes) -> Found:
    """Return the works of an answer that have a title. Raises TemporaryFailureError."""
    try:
        message = parse(content)["message"]
        papers = [paper for item in message["items"] if (paper := _paper(item)) is not None]
        return Found(papers, int(message["total-results"]))
    except (InvalidValueError, KeyError, TypeError, AttributeError, ValueError) as error:
        raise TemporaryFailureError(f"crossref answered with no list of works ({error})") from error


def _paper(item: Mapping[str, Any]) -> Paper | None:
    title = plain(_first(item.get("title")))
    if title is None:
        return None
    published = _date(item)
    links = item.get("link") or []
    return Paper(
        title=title,
        abstract=plain(item.get("abstract")),
        authors=tuple(name for author in item.get("author") or [] if (name := _name(author))),
        year=int(published[:4]) if published else None,
        published=published,
        venue=plain(_first(item.get("container-title"))),
        doi=plain_doi(item.get("DOI")),
        url=item.get("URL"),
        pdf_url=next(
            (link["URL"] for link in links if link.get("content-type") == "application/pdf"), None
        ),
        citations=item.get("is-referenced-by-count"),
        sources=(NAME,),
    )


def _first(texts: list[str] | None) -> str | None:
    return texts[0] if texts else None


def _name(author: Mapping[str, Any]) -> str:
    """Return an author's name; a group has one of its own."""
    given = " ".join(filter(None, (author.get("given"), author.get("family"))))
    return plain(given or author.get("name")) or ""


def _date(item: Mapping[str, Any]) -> str | None:
    """Return when a work appeared, as far as it is told: a year, a month, a day."""
    for name in ("published", "issued", "created"):
        parts = (item.get(name) or {}).get("date-parts") or [[]]
        told = [part for part in parts[0] if isinstance(part, int)]
        if told:
            return "-".join(f"{part:0{4 if n == 0 else 2}}" for n, part in enumerate(told))
    return None
