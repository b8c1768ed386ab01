"""`academic_search`: one question to each source, and what they answer put together.

Each source is asked once, one after the other; to ask again is the retry policy's part. Where they
are is said by the environment, for those who have a mirror: `PERDURE_ARXIV_URL`,
`PERDURE_CROSSREF_URL`, `PERDURE_SEMANTIC_SCHOLAR_URL`.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from annotated_types import Interval, Len

from perdure.authoring.functions import function
from perdure.errors import (
    InvalidInputError,
    RateLimitError,
    RetryAfterError,
    StepError,
    StepTimeoutError,
    TemporaryFailureError,
    UrlNotAllowedError,
)
from perdure.outgoing.fetching import Limits, fetch
from perdure.outgoing.statuses import check_status
from perdure.packs.functions.scholarly import arxiv, crossref, semantic_scholar
from perdure.packs.functions.scholarly.papers import Found, Question, merged

SourceName = Literal["arxiv", "crossref", "semantic_scholar"]
Year = Annotated[int, Interval(ge=1500, le=2999)]

CONTACT = "PERDURE_CONTACT"
"""The variable with a mail address by which Crossref can reach whoever asks."""

KEY = "PERDURE_SEMANTIC_SCHOLAR_KEY"
"""The variable with a key of Semantic Scholar, which is asked less often without one."""

MOST_BYTES = 20 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Source:
    """One place to ask: how, and how its answer is read."""

    address: Callable[[str, Question], str]
    read: Callable[[bytes], Found]
    base: str
    headers: Callable[[], Mapping[str, str]] = field(default=dict)


def _crossref(base: str, question: Question) -> str:
    return crossref.address(base, question, contact=os.environ.get(CONTACT, ""))


def _key() -> dict[str, str]:
    key = os.environ.get(KEY)
    return {"x-api-key": key} if key else {}


SOURCES: dict[str, Source] = {
    arxiv.NAME: Source(arxiv.address, arxiv.read, arxiv.URL),
    crossref.NAME: Source(_crossref, crossref.read, crossref.URL),
    semantic_scholar.NAME: Source(
        semantic_scholar.address, semantic_scholar.read, semantic_scholar.URL, _key
    ),
}


@function("academic_search", returns="object")
def academic_search(  # noqa: PLR0913 - each thing that may be asked for
    query: str,
    *,
    sources: Annotated[list[SourceName], Len(1, 3)] | None = None,
    max_results: Annotated[int, Interval(ge=1, le=100)] = 20,
    year_from: Year | None = None,
    year_to: Year | None = None,
    require_all: bool = False,
    timeout_seconds: Annotated[float, Interval(gt=0, le=300)] = 20.0,
) -> dict[str, Any]:
    """Return papers that answer the query, each once, with what each source said.

    `{"query", "papers": [{"title", "abstract", "authors", "year", "published", "venue", "doi",
    "arxiv_id", "url", "pdf_url", "citations", "sources"}], "sources": {NAME: {"count", "total"}}}`;
    what nobody tells is null. arXiv, Crossref and Semantic Scholar are asked, once each, unless
    `sources` names some. One that fails is noted as `{"error": KIND, "message"}` under its name; if
    all do, or one does and `require_all` is set, the step fails: as `temporary_failure` without a
    network, as `rate_limit` where they are asked too often.
    """
    question = Question(query=query, count=max_results, year_from=year_from, year_to=year_to)
    if not query.strip():
        raise InvalidInputError("is empty", path="input")
    answers: dict[str, Found] = {}
    failures: dict[str, StepError] = {}
    for name in dict.fromkeys(sources or SOURCES):
        try:
            answers[name] = _ask(name, question, timeout_seconds)
        except StepError as error:
            failures[name] = error
    if failures and (require_all or not answers):
        raise _failure(failures) from next(iter(failures.values()))
    papers = merged({name: found.papers for name, found in answers.items()})[:max_results]
    return {
        "query": query,
        "papers": [paper.document() for paper in papers],
        "sources": {
            **{n: {"count": len(f.papers), "total": f.total} for n, f in answers.items()},
            **{n: {"error": e.kind, "message": str(e)} for n, e in failures.items()},
        },
    }


def _ask(name: str, question: Question, seconds: float) -> Found:
    source = SOURCES[name]
    base = os.environ.get(f"PERDURE_{name.upper()}_URL") or source.base
    limits = Limits(seconds=seconds, max_bytes=MOST_BYTES)
    answer = fetch(source.address(base, question), headers=source.headers(), limits=limits)
    if name == arxiv.NAME and answer.status == 400:
        source.read(answer.content)  # its feed says what is wrong with the question
    check_status(answer, who=name)
    return source.read(answer.content)


def _failure(failures: Mapping[str, StepError]) -> StepError:
    """Return one failure for several: of the kind that a later try has most to hope from."""
    told = "; ".join(f"{name}: {error}" for name, error in failures.items())
    message = f"the search has no answer. {told}"
    again: Sequence[StepError] = [error for error in failures.values() if error.retryable]
    if not again:
        inside = all(isinstance(error, UrlNotAllowedError) for error in failures.values())
        return UrlNotAllowedError(message) if inside else InvalidInputError(message)
    kinds = {error.kind for error in again}
    waits = [error.seconds for error in again if isinstance(error, RetryAfterError)]
    if kinds == {"rate_limit"}:
        return RetryAfterError(message, seconds=min(waits)) if waits else RateLimitError(message)
    return StepTimeoutError(message) if kinds == {"timeout"} else TemporaryFailureError(message)
