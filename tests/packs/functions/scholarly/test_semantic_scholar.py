"""Semantic Scholar's questions and papers."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from perdure.errors import InvalidInputError, TemporaryFailureError
from perdure.packs.functions.scholarly import semantic_scholar
from perdure.packs.functions.scholarly.papers import Found, Question
from tests.packs.functions.scholarly.library import SEMANTIC, SEMANTIC_WRONG
from tests.packs.functions.scholarly.recorded import body, needs_recordings


def asked(**more):
    question = Question(**{"query": 'a "fresh-water" eel', "count": 5, **more})
    return parse_qs(urlsplit(semantic_scholar.address("https://a.test", question)).query)


def test_a_question_has_no_hyphens_and_names_its_fields():
    told = asked()

    assert told["query"] == ["a fresh water eel"]
    assert told["limit"] == ["5"]
    assert "openAccessPdf" in told["fields"][0].split(",")
    assert "year" not in told


@pytest.mark.parametrize(
    ("years", "said"),
    [({"year_from": 2020}, "2020-"), ({"year_to": 2021}, "-2021")],
)
def test_years_are_a_span(years, said):
    assert asked(**years)["year"] == [said]


def test_papers_are_read_with_what_they_have():
    found = semantic_scholar.read(json.dumps(SEMANTIC).encode())
    first, second = found.papers

    assert found.total == 70499
    assert (first.title, first.abstract, first.arxiv_id) == ("Salt in Rivers", None, "1812.00002")
    assert (first.authors, first.citations, first.venue) == (("A. Example",), 5, None)
    assert (first.published, first.pdf_url) == ("2018-12-30", None)
    assert (second.abstract, second.year, second.doi) == ("The moon pulls.", None, None)


def test_an_answer_without_papers_has_no_list():
    assert semantic_scholar.read(b'{"total": 0, "offset": 0}') == Found([], 0)


def test_what_it_says_is_wrong_is_told():
    with pytest.raises(InvalidInputError, match=r"unsupported fields: \[unknown\]"):
        semantic_scholar.read(SEMANTIC_WRONG)


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"<html>", b'{"total": 1, "data": [7]}'])
def test_what_is_no_list_of_papers_may_be_one_later(content):
    with pytest.raises(TemporaryFailureError, match="semantic_scholar answered with no list"):
        semantic_scholar.read(content)


@needs_recordings
def test_the_recorded_answer_is_read():
    found = semantic_scholar.read(body("semanticscholar-search.yaml"))

    assert (len(found.papers), found.total) == (100, 70499)
    assert found.papers[4].title == "Neural Turing Machines"


@needs_recordings
def test_the_recorded_error_is_read():
    with pytest.raises(InvalidInputError, match="Unrecognized or unsupported fields"):
        semantic_scholar.read(body("semanticscholar-bad-query.yaml"))
