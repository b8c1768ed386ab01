"""arXiv's query language and its feed."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from perdure.errors import InvalidInputError, TemporaryFailureError
from perdure.packs.functions.scholarly import arxiv
from perdure.packs.functions.scholarly.papers import Question
from tests.packs.functions.scholarly.library import ARXIV, ARXIV_NONE, ARXIV_WRONG
from tests.packs.functions.scholarly.recorded import needs_recordings, recording


def asked(query, **more):
    address = arxiv.address("https://a.test/api", Question(query=query, count=5, **more))
    return parse_qs(urlsplit(address).query)


@pytest.mark.parametrize(
    ("query", "search"),
    [
        ("tides", "all:tides"),
        ("the tides of harbours", "all:tides AND all:harbours"),
        ('"deep learning" boats', 'all:"deep learning" AND all:boats'),
        ("tides AND (salt OR fresh)", "all:tides AND all:salt AND all:fresh"),
        ("au:smith/x", 'all:"au smith x"'),
        ("Ebbe-Flut 2.5", "all:Ebbe-Flut AND all:2.5"),
    ],
)
def test_words_and_phrases_are_asked_for_and_nothing_means_more(query, search):
    assert asked(query)["search_query"] == [search]


def test_years_and_the_count_are_part_of_the_question():
    told = asked("tides", year_from=2020, year_to=2021)

    assert told["search_query"] == ["all:tides AND submittedDate:[202001010000 TO 202112312359]"]
    assert (told["max_results"], told["sortBy"]) == (["5"], ["relevance"])
    assert "[190001010000 TO 2021" in asked("tides", year_to=2021)["search_query"][0]


@pytest.mark.parametrize("query", ["the of", "()", '""'])
def test_a_query_without_words_is_refused(query):
    with pytest.raises(InvalidInputError, match="holds no word"):
        asked(query)


def test_a_feed_gives_its_papers():
    found = arxiv.read(ARXIV)
    first, second = found.papers

    assert found.total == 214881
    assert first.title == "Tides of the Inner Harbour: a Model"
    assert first.abstract == "Context. We measure tides & currents. Results. They rise < 2 m."
    assert first.authors == ("Noémie Example", "Jan Sample")
    assert (first.year, first.published) == (2022, "2022-01-03")
    assert (first.doi, first.arxiv_id) == ("10.5555/harbour.2022.00035", "2201.00001v2")
    assert first.url == "https://arxiv.org/abs/2201.00001v2"
    assert first.pdf_url == "https://arxiv.org/pdf/2201.00001v2"
    assert first.venue == "Proc. Harbours 2022, pp. 6-9"
    assert (second.doi, second.venue, second.citations) == (None, None, None)


def test_a_feed_may_be_empty():
    assert arxiv.read(ARXIV_NONE) == arxiv.Found([], 0)


def test_what_the_feed_says_is_wrong_is_told():
    with pytest.raises(InvalidInputError, match="arxiv: incorrect id format for abc"):
        arxiv.read(ARXIV_WRONG)


@pytest.mark.parametrize(
    "content",
    [b"", b"<html>", b"<html></html>", b'<!DOCTYPE x [<!ENTITY a "b">]><feed>&a;</feed>', b"{}"],
)
def test_what_is_no_feed_may_be_one_later(content):
    with pytest.raises(TemporaryFailureError, match="arxiv answered with no feed"):
        arxiv.read(content)


@needs_recordings
def test_the_recorded_answer_is_read():
    found = arxiv.read(json.loads(recording("arxiv-search.json"))["body"].encode())

    assert (len(found.papers), found.total) == (10, 214881)
    assert all(paper.abstract and paper.authors and paper.pdf_url for paper in found.papers)
    assert found.papers[0].doi == "10.1109/icstw55395.2022.00035"


@needs_recordings
def test_the_recorded_error_is_read():
    with pytest.raises(InvalidInputError, match="incorrect id format"):
        arxiv.read(json.loads(recording("arxiv-bad-id.json"))["body"].encode())
