"""A paper as every source tells it, and which papers of several sources are the same."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from perdure.packs.functions.markup import without_markup

_PREFIX = re.compile(r"<(/?)(?:jats|mml):")
_ITALIC = re.compile(r"<(/?)(?:italic|scp|sc)>")
_HEADING = re.compile(r"<title>[^<]*</title>")
_SPACES = re.compile(r"\s+")
_MARKS = re.compile(r"[\W_]+")
_DOI = re.compile(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", re.IGNORECASE)
_VERSION = re.compile(r"v\d+$")

FUSION = 60
"""How little the first places of a list count more than those after them (reciprocal ranks)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a source is asked. Years are the first and the last; None for any."""

    query: str
    count: int
    year_from: int | None = None
    year_to: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A paper: what a source does not tell is None, or empty. `published` is a date or its part."""

    title: str
    abstract: str | None = None
    authors: tuple[str, ...] = ()
    year: int | None = None
    published: str | None = None
    venue: str | None = None
    doi: str | None = None
    arxiv_id: str | None = None
    url: str | None = None
    pdf_url: str | None = None
    citations: int | None = None
    sources: tuple[str, ...] = ()

    def document(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {**asdict(self), "authors": list(self.authors), "sources": list(self.sources)}


@dataclass(frozen=True, slots=True)
class Found:
    """What a source gave: papers in its order, and how many it has in all."""

    papers: Sequence[Paper]
    total: int


@dataclass(slots=True)
class _Merged:
    paper: Paper
    worth: float = field(default=0.0)


def plain(text: str | None) -> str | None:
    """Return a title or abstract without markup and line ends; None for an empty one."""
    if not text:
        return None
    even = _HEADING.sub(" ", _ITALIC.sub(r"<\1i>", _PREFIX.sub(r"<\1", text)))
    return _SPACES.sub(" ", without_markup(even)).strip() or None


def plain_doi(text: str | None) -> str | None:
    """Return a DOI by itself, in small letters."""
    return _DOI.sub("", text.strip()).lower() or None if text else None


def merged(answers: Mapping[str, Sequence[Paper]]) -> list[Paper]:
    """Return the papers of several sources, each once, those first that stand first in most.

    The same are those with one DOI, one arXiv number, or one title. The first source that tells
    something about a paper is believed.
    """
    by_key: dict[str, _Merged] = {}
    found: list[_Merged] = []
    for papers in answers.values():
        for rank, paper in enumerate(papers):
            keys = list(_keys(paper))
            there = next((by_key[key] for key in keys if key in by_key), None)
            if there is None:
                there = _Merged(paper)
                found.append(there)
            else:
                there.paper = _together(there.paper, paper)
            there.worth += 1 / (FUSION + rank)
            by_key.update(dict.fromkeys(keys, there))
    return [one.paper for one in sorted(found, key=lambda one: -one.worth)]


def _keys(paper: Paper) -> Iterable[str]:
    if paper.doi:
        yield f"doi:{paper.doi}"
    if paper.arxiv_id:
        yield f"arxiv:{_VERSION.sub('', paper.arxiv_id)}"
    title = _MARKS.sub(" ", paper.title.casefold()).strip()
    if len(title) > 20:  # shorter ones (Editorial, Introduction) are the titles of many
        yield f"title:{title}"


def _together(first: Paper, second: Paper) -> Paper:
    told = {
        name: value
        for name, value in asdict(second).items()
        if getattr(first, name) in (None, ()) and value not in (None, ())
    }
    sources = tuple(dict.fromkeys((*first.sources, *second.sources)))
    return replace(first, **{**told, "sources": sources})
