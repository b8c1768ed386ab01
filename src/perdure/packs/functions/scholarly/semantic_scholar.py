"""Semantic Scholar: its graph of papers (https://api.semanticscholar.org/api-docs/graph)."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from perdure.errors import InvalidInputError, InvalidValueError, TemporaryFailureError
from perdure.packs.functions.scholarly.papers import Found, Paper, Question, plain, plain_doi
from perdure.wire.encoding import parse

NAME = "semantic_scholar"
URL = "https://api.semanticscholar.org/graph/v1/paper/search"
FIELDS = (
    "title,abstract,authors,year,publicationDate,venue,externalIds,url,citationCount,openAccessPdf"
)


def address(base: str, question: Question) -> str:
    """Return the URL that asks for papers. A word with a hyphen would find nothing there."""
    query = " ".join(question.query.replace('"', " ").replace("-", " ").split())
    asked: dict[str, Any] = {
        "query": query,
        "fields": FIELDS,
        "offset": 0,
        "limit": question.count,
    }
    if question.year_from or question.year_to:
        asked["year"] = f"{question.year_from or ''}-{question.year_to or ''}"
    return f"{base}?{urlencode(asked)}"


def read(content: bytes) -> Found:
    """Return the papers of an answer; one without any has no list of them.

    Raises InvalidInputError for what it says is wrong, TemporaryFailureError for anything else.
    """
    try:
        body = parse(content)
        if "error" in body:
            raise InvalidInputError(f"semantic_scholar: {body['error']}")
        papers = [paper for item in body.get("data") or [] if (paper := _paper(item)) is not None]
        return Found(papers, int(body["total"]))
    except (InvalidValueError, KeyError, TypeError, AttributeError, ValueError) as error:
        raise TemporaryFailureError(
            f"semantic_scholar answered with no list of papers ({error})"
        ) from error


def _paper(item: Mapping[str, Any]) -> Paper | None:
    title = plain(item.get("title"))
    if title is None:
        return None
    numbers = item.get("externalIds") or {}
    return Paper(
        title=title,
        abstract=plain(item.get("abstract")),
        authors=tuple(
            name for author in item.get("authors") or [] if (name := plain(author.get("name")))
        ),
        year=item.get("year"),
        published=item.get("publicationDate"),
        venue=plain(item.get("venue")),
        doi=plain_doi(numbers.get("DOI")),
        arxiv_id=numbers.get("ArXiv"),
        url=item.get("url"),
        pdf_url=(item.get("openAccessPdf") or {}).get("url") or None,
        citations=item.get("citationCount"),
        sources=(NAME,),
    )
