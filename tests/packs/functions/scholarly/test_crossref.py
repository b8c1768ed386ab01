"""Crossref's questions and works."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from perdure.errors import TemporaryFailureError
from perdure.packs.functions.scholarly import crossref
from perdure.packs.functions.scholarly.papers import Question
from tests.packs.functions.scholarly.library import CROSSREF
from tests.packs.functions.scholarly.recorded import body, needs_recordings


def asked(contact="", **more):
    question = Question(**{"query": 'salt "fresh water"', "count": 5, **more})
    return parse_qs(urlsplit(crossref.address("https://a.test", question, contact=contact)).query)


def test_a_question_has_query_and_count():
    assert asked() == {"query": ["salt  fresh water "], "rows": ["5"]}


def test_years_are_a_filter_and_an_address_is_told():
    told = asked("me@a.test", year_from=2020, year_to=2021)

    assert told["filter"] == ["from-pub-date:2020,until-pub-date:2021"]
    assert told["mailto"] == ["me@a.test"]
    assert asked(year_to=2021)["filter"] == ["until-pub-date:2021"]


def test_works_with_a_title_are_papers():
    found = crossref.read(json.dumps(CROSSREF).encode())
    first, second = found.papers

    assert found.total == 586628
    assert first.title == "Mussels (Mytilus) and tides"
    assert first.abstract == "On Mytilus & CO2."
    assert first.authors == ("Zoë Sample", "The Harbour Group", "Only")
    assert (first.year, first.published, first.citations) == (2022, "2022-07-06", 3)
    assert (first.doi, first.venue) == ("10.5555/mussels.1", "Journal of Shells")
    assert first.pdf_url == "https://press.test/1.pdf"
    assert (second.published, second.abstract, second.authors) == ("2022", None, ())


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{}", b'{"message": {"items": [7], "total-results": 1}}', b"Not found."],
)
def test_what_is_no_list_of_works_may_be_one_later(content):
    with pytest.raises(TemporaryFailureError, match="crossref answered with no list"):
        crossref.read(content)


@needs_recordings
def test_the_recorded_answer_is_read():
    found = crossref.read(body("crossref-works-query.yaml"))

    assert (len(found.papers), found.total) == (2, 586628)
    assert found.papers[0].title == "Communicating Ecology"
    assert found.papers[0].doi == "10.1093/obo/9780199830060-0238"
    assert found.papers[0].abstract.startswith("Communication is perhaps the most important")
    assert found.papers[0].published == "2022-07-26"
