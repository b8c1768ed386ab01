"""arXiv: its query language, and its Atom feed (https://info.arxiv.org/help/api/user-manual.html)."""

import re
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

from perdure.errors import InvalidInputError, TemporaryFailureError
from perdure.packs.functions.scholarly.papers import Found, Paper, Question, plain, plain_doi
from perdure.packs.terms import english_stopwords

NAME = "arxiv"
URL = "https://export.arxiv.org/api/query"

_ATOM = "{http://www.w3.org/2005/Atom}"
_ARXIV = "{http://arxiv.org/schemas/atom}"
_TOTAL = "{http://a9.com/-/spec/opensearch/1.1/}totalResults"
_PART = re.compile(r'"([^"]+)"|(\S+)')
_FOREIGN = re.compile(r"[^\w.\- ]+")
_WORDS_OF_ITS_OWN = frozenset({"and", "or", "andnot"})


def address(base: str, question: Question) -> str:
    """Return the URL that asks for papers which have all words of the query."""
    asked = " AND ".join(_asked(question.query))
    if question.year_from or question.year_to:
        first, last = question.year_from or 1900, question.year_to or 2999
        asked += f" AND submittedDate:[{first:04}01010000 TO {last:04}12312359]"
    return f"{base}?" + urlencode(
        {
            "search_query": asked,
            "start": 0,
            "max_results": question.count,
            "sortBy": "relevance",
            "sortOrder": "descending",
        }
    )


def read(content: bytes) -> Found:
    """Return the papers of an answer. Raises InvalidInputError for what it says is wrong."""
    feed = _parsed(content)
    entries = feed.findall(f"{_ATOM}entry")
    for entry in entries:
        if "/api/errors" in _text(entry, f"{_ATOM}id"):
            raise InvalidInputError(f"arxiv: {_text(entry, f'{_ATOM}summary')}")
    total = _text(feed, _TOTAL)
    papers = [paper for entry in entries if (paper := _paper(entry)) is not None]
    return Found(papers, int(total) if total.isdecimal() else len(papers))


def _asked(query: str) -> list[str]:
    """Return the query's words and phrases in its language, without marks that mean something there."""
    made = []
    for phrase, word in _PART.findall(query):
        told = _FOREIGN.sub(" ", phrase or word).strip()
        if told and (phrase or told.lower() not in _dropped()):
            made.append(f'all:"{told}"' if phrase or " " in told else f"all:{told}")
    if not made:
        raise InvalidInputError("holds no word to search for", path="input")
    return made


def _dropped() -> frozenset[str]:
    """Return the words that are not asked for: every one that is must stand in a paper."""
    return english_stopwords() | _WORDS_OF_ITS_OWN


def _parsed(content: bytes) -> ET.Element:
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise TemporaryFailureError("arxiv answered with no feed, but a document with a type")
    try:
        # Without declarations there is nothing that could be expanded or fetched.
        feed = ET.fromstring(content)  # noqa: S314
    except ET.ParseError as error:
        raise TemporaryFailureError(f"arxiv answered with no feed ({error})") from error
    if feed.tag != f"{_ATOM}feed":
        raise TemporaryFailureError(f"arxiv answered with no feed, but <{feed.tag[:60]}>")
    return feed


def _paper(entry: ET.Element) -> Paper | None:
    title = plain(_text(entry, f"{_ATOM}title"))
    if title is None:
        return None
    links = {
        (link.get("title") or link.get("rel") or ""): link.get("href")
        for link in entry.findall(f"{_ATOM}link")
    }
    published = _text(entry, f"{_ATOM}published")[:10]
    place = _text(entry, f"{_ATOM}id")
    return Paper(
        title=title,
        abstract=plain(_text(entry, f"{_ATOM}summary")),
        authors=tuple(
            name
            for author in entry.findall(f"{_ATOM}author")
            if (name := plain(_text(author, f"{_ATOM}name")))
        ),
        year=int(published[:4]) if published[:4].isdecimal() else None,
        published=published or None,
        venue=plain(_text(entry, f"{_ARXIV}journal_ref")),
        doi=plain_doi(_text(entry, f"{_ARXIV}doi")),
        arxiv_id=place.partition("/abs/")[2] or None,
        url=links.get("alternate") or place or None,
        pdf_url=links.get("pdf"),
        sources=(NAME,),
    )


def _text(element: ET.Element, tag: str) -> str:
    return (element.findtext(tag) or "").strip()
