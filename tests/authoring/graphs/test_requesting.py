"""A step of type http sends one request, and tells what came of it."""

import json

import pytest

from perdure.authoring.graphs.requesting import HttpBody
from perdure.errors import (
    InvalidInputError,
    InvalidOutputError,
    RateLimitError,
    RetryAfterError,
    StepTimeoutError,
    TemporaryFailureError,
    UrlNotAllowedError,
)
from perdure.kernel.plan import StepPlan
from perdure.outgoing.addresses import ALLOW_HOSTS
from tests.authoring.graphs.support import attempt, graph, value_of
from tests.outgoing.servers import serving


@pytest.fixture(autouse=True)
def allowed(monkeypatch):
    monkeypatch.setenv(ALLOW_HOSTS, "127.0.0.1")


def send(inputs=None, **config):
    plan = graph(StepPlan(name="h", kind="http"))
    return HttpBody.of(config)(attempt(plan, "h", inputs=inputs))


def answering(status=200, content=b"{}", **headers):
    return serving(lambda request: request.give(status, content, **headers))


def test_a_request_is_filled_in_and_its_answer_is_the_result():
    with answering(content=b'{"n": 1}', content_type="application/json") as site:
        result = send(
            {"n": [3, None, True], "who": "ada"},
            url=site.url("/of/${workflow.input.who}?a=b"),
            query={"n": "${workflow.input.n[0]}", "not": None, "yes": [True, 1.5]},
            headers={"X-Who": "${workflow.input.who}", "X-Not": None},
        )

    (asked,) = site.asked
    assert asked.path == "/of/ada?a=b&n=3&yes=true&yes=1.5"
    assert asked.headers["x-who"] == "ada"
    assert "idempotency-key" not in asked.headers
    said = value_of(result)
    assert (said["status"], said["body"]) == (200, {"n": 1})
    assert said["headers"]["content-type"] == "application/json"
    assert result.meta["url"] == site.url("/of/ada")


@pytest.mark.parametrize(
    ("body", "sent", "kind"),
    [
        ({"a": "${workflow.input.a}"}, b'{"a":[1]}', "application/json"),
        ("text ${workflow.input.a}", b"text [1]", "text/plain; charset=utf-8"),
    ],
)
def test_what_changes_something_carries_a_body_and_the_idempotency_key(body, sent, kind):
    with answering() as site:
        send({"a": [1]}, url=site.url(), method="POST", body=body)
        send({"a": [1]}, url=site.url(), method="POST", body=body)

    keys = {asked.headers["idempotency-key"] for asked in site.asked}
    assert len(keys) == 1
    assert site.asked[0].content == sent
    assert site.asked[0].headers["content-type"] == kind


def test_headers_of_its_own_win():
    with answering() as site:
        given = {"Idempotency-Key": "mine", "Content-Type": "application/x"}
        send(url=site.url(), method="PUT", body="x", headers=given)

    assert site.asked[0].headers["idempotency-key"] == "mine"
    assert site.asked[0].headers["content-type"] == "application/x"


@pytest.mark.parametrize(
    ("status", "headers", "error"),
    [
        (404, {}, InvalidInputError),
        (408, {}, TemporaryFailureError),
        (503, {}, TemporaryFailureError),
        (429, {}, RateLimitError),
        (429, {"retry_after": "7"}, RetryAfterError),
    ],
)
def test_a_status_that_is_no_success_is_a_failure_of_its_kind(status, headers, error):
    with answering(status, **headers) as site, pytest.raises(error, match=str(status)):
        send(url=site.url())


def test_a_status_that_is_expected_is_a_result():
    with answering(404, b"gone", content_type="text/plain") as site:
        said = value_of(send(url=site.url(), accept_status=[404]))

    assert (said["status"], said["body"]) == (404, "gone")


def test_an_answer_without_content_has_no_body():
    with answering(204, b"") as site:
        assert value_of(send(url=site.url()))["body"] is None


def test_text_is_read_as_it_is():
    with answering(content=b"caf\xe9", content_type="text/plain") as site:
        assert value_of(send(url=site.url()))["body"] == "café"
    with answering(
        content=json.dumps({"a": 1}).encode(), content_type="application/x+json"
    ) as site:
        assert value_of(send(url=site.url()))["body"] == {"a": 1}


@pytest.mark.parametrize(
    ("content", "kind", "said"),
    [
        (b"\xff\xfe", "image/png", "2 bytes of image/png"),
        (b"{", "application/json", "says that it is JSON, and is not"),
    ],
)
def test_an_answer_that_cannot_be_a_result_is_told(content, kind, said):
    told = pytest.raises(InvalidOutputError, match=said)
    with answering(content=content, content_type=kind) as site, told:
        send(url=site.url())


def test_the_time_of_the_step_is_the_time_of_the_request():
    late = pytest.raises(StepTimeoutError)
    with serving(lambda request: request.site.over.wait(5)) as site, late:
        send(url=site.url(), timeout=0.05)


def test_internal_addresses_are_refused(monkeypatch):
    monkeypatch.setenv(ALLOW_HOSTS, "")

    with pytest.raises(UrlNotAllowedError, match="internal address"):
        send(url="http://127.0.0.1:1/")


@pytest.mark.parametrize(
    ("config", "path"),
    [
        ({"url": "${workflow.input.x}"}, "url"),
        ({"url": "http://127.0.0.1/", "headers": {"a": "${workflow.input.x}"}}, "headers.a"),
        ({"url": "http://127.0.0.1/", "query": {"a": [["${workflow.input.x}"]]}}, "query.a"),
    ],
)
def test_what_cannot_be_text_is_told_with_its_place(config, path):
    with pytest.raises(InvalidInputError, match=f"^{path}: must be text"):
        send({"x": [1]}, **config)


def test_kinds_of_failure_are_those_that_a_policy_names():
    body = HttpBody.of({"url": "http://127.0.0.1/", "retry_on": ["rate_limit"]})
    work = attempt(graph(StepPlan(name="h")), "h")

    assert body.judge(work, RateLimitError("x")).retryable
    assert not body.judge(work, TemporaryFailureError("x")).retryable
