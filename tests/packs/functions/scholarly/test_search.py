"""One question to three sources, and what becomes of those that fail."""

import pytest

from perdure.authoring.functions import FunctionRegistry
from perdure.errors import InvalidInputError, RetryAfterError, StepError, TemporaryFailureError
from perdure.outgoing.addresses import ALLOW_HOSTS
from perdure.packs.functions.relevance import relevance_filter
from perdure.packs.functions.scholarly.search import SOURCES, academic_search
from perdure.wire.encoding import encode_value
from tests.outgoing.servers import serving
from tests.packs.functions.scholarly.library import (
    ARXIV_WRONG,
    SEMANTIC_LIMIT,
    answering,
    question,
)


@pytest.fixture
def library(monkeypatch):
    """Serve all three sources from here; what is given answers in the place of one."""

    def start(**instead):
        site = serving(answering(**instead))
        running = site.__enter__()
        opened.append(site)
        for name in SOURCES:
            monkeypatch.setenv(f"PERDURE_{name.upper()}_URL", running.url(f"/{name}"))
        return running

    opened = []
    monkeypatch.setenv(ALLOW_HOSTS, "127.0.0.1")
    yield start
    for site in opened:
        site.__exit__(None, None, None)


def failure(**parameters):
    with pytest.raises(StepError) as raised:
        academic_search("harbour tides", **parameters)
    return raised.value


def test_papers_of_all_sources_are_told_once(library):
    site = library()

    found = academic_search("harbour tides")

    assert [paper["title"] for paper in found["papers"]] == [
        "Tides of the Inner Harbour: a Model",
        "Salt in Rivers",
        "Mussels (Mytilus) and tides",
        "Moon and Sea",
    ]
    assert found["papers"][0]["sources"] == ["arxiv", "crossref"]
    assert found["papers"][0]["citations"] == 8
    assert found["papers"][1]["sources"] == ["arxiv", "semantic_scholar"]
    assert found["sources"]["crossref"] == {"count": 2, "total": 586628}
    assert found["query"] == "harbour tides"
    assert len(site.asked) == 3
    encode_value(found)


def test_sources_years_and_counts_are_asked_for(library):
    site = library()

    academic_search("tides", sources=["crossref"], max_results=1, year_from=2020)

    (asked,) = site.asked
    assert question(asked) == {"query": "tides", "rows": "1", "filter": "from-pub-date:2020"}


def test_not_more_papers_than_wanted_are_given(library):
    library()

    assert len(academic_search("tides", max_results=2)["papers"]) == 2


def test_who_asks_is_told_where_it_helps(library, monkeypatch):
    monkeypatch.setenv("PERDURE_CONTACT", "me@a.test")
    monkeypatch.setenv("PERDURE_SEMANTIC_SCHOLAR_KEY", "k")
    site = library()

    academic_search("tides")

    assert question(site.asked[1])["mailto"] == "me@a.test"
    assert [asked.headers["x-api-key"] for asked in site.asked] == [None, None, "k"]


def test_a_source_that_fails_is_noted_beside_what_others_found(library):
    library(semantic_scholar=(429, SEMANTIC_LIMIT, {"content_type": "application/json"}))

    found = academic_search("tides")

    assert len(found["papers"]) == 3
    assert found["sources"]["semantic_scholar"]["error"] == "rate_limit"
    assert "Too Many Requests" in found["sources"]["semantic_scholar"]["message"]


def test_all_sources_may_be_needed(library):
    library(crossref=(503, b"", {}))

    error = failure(require_all=True)

    assert isinstance(error, TemporaryFailureError)
    assert "crossref: crossref answered 503" in str(error)


def test_a_limit_of_all_says_when_to_come_again(library):
    limit = (429, b"", {"retry_after": "9"})
    library(arxiv=(429, b"", {}), crossref=limit, semantic_scholar=limit)

    error = failure()

    assert isinstance(error, RetryAfterError)
    assert (error.kind, error.seconds) == ("rate_limit", 9)


def test_a_limit_without_a_time_is_a_limit(library):
    library(arxiv=(429, b"", {}))

    assert failure(sources=["arxiv"]).kind == "rate_limit"


def test_a_question_that_all_refuse_is_not_asked_again(library):
    library(arxiv=(400, ARXIV_WRONG, {}), crossref=(404, b"Resource not found.", {}))

    error = failure(sources=["arxiv", "crossref"])

    assert (error.kind, error.retryable) == ("invalid_input", False)
    assert "incorrect id format for abc" in str(error)
    assert "Resource not found." in str(error)


def test_without_a_network_it_fails_as_temporary(monkeypatch):
    for name in SOURCES:
        monkeypatch.setenv(f"PERDURE_{name.upper()}_URL", f"http://{name}.invalid/")

    error = failure()

    assert (error.kind, error.retryable) == ("temporary_failure", True)
    assert "the host 'arxiv.invalid' is not found" in str(error)


def test_a_mirror_inside_is_to_be_allowed(library, monkeypatch):
    library()
    monkeypatch.delenv(ALLOW_HOSTS)

    assert failure().kind == "url_not_allowed"


def test_sources_that_do_not_answer_in_time_are_told_so(library):
    site = library()
    site.answering = lambda asked: asked.site.over.wait(30)

    assert failure(timeout_seconds=0.2).kind == "timeout"


def test_an_empty_query_is_refused():
    with pytest.raises(InvalidInputError, match="input: is empty"):
        academic_search(" ")


def test_what_it_gives_can_be_filtered_at_once(library):
    library()

    kept = relevance_filter(academic_search("harbour tides"), min_relevance=0.8)

    assert [paper["title"] for paper in kept] == ["Tides of the Inner Harbour: a Model"]


def test_its_parameters_are_checked():
    registry = FunctionRegistry()
    registry.add(academic_search)

    problems = registry.get("academic_search").problems(
        {"sources": ["arxive"], "max_results": 0, "year": 3}
    )

    assert {problem.path for problem in problems} == {
        "parameters.sources[0]",
        "parameters.max_results",
        "parameters.year",
    }
    assert "Did you mean 'arxiv'?" in " ".join(map(str, problems))
