"""One request: its redirects, its limits, and what its troubles are called."""

import gzip

import pytest

from perdure.errors import (
    InvalidInputError,
    StepTimeoutError,
    TemporaryFailureError,
    UrlNotAllowedError,
)
from perdure.outgoing.addresses import ALLOW_HOSTS
from perdure.outgoing.fetching import Limits, check_url, fetch
from tests.outgoing.servers import local, serving


def hello(asked):
    asked.give(content=b"hello", content_type="Text/Plain; charset=utf-8", x_a="b")


def test_an_answer_is_given_whole():
    with serving(hello) as site:
        answer = fetch(site.url("/a?b=c"), guard=local())

    assert (answer.status, answer.content, answer.media_type) == (200, b"hello", "text/plain")
    assert answer.headers["x-a"] == "b"
    assert answer.url == site.url("/a?b=c")
    assert site.paths == ["/a?b=c"]


def test_method_headers_and_content_are_sent():
    with serving(hello) as site:
        fetch(site.url(), method="POST", headers={"x-key": "1"}, content=b"data", guard=local())

    (asked,) = site.asked
    assert (asked.command, asked.headers["x-key"], asked.content) == ("POST", "1", b"data")


def test_a_status_is_given_and_not_judged():
    with serving(lambda asked: asked.give(500, b"no")) as site:
        assert fetch(site.url(), guard=local()).status == 500


def test_the_guard_of_the_environment_is_asked(monkeypatch):
    with serving(hello) as site:
        monkeypatch.delenv(ALLOW_HOSTS, raising=False)
        with pytest.raises(UrlNotAllowedError, match=ALLOW_HOSTS):
            fetch(site.url())
        monkeypatch.setenv(ALLOW_HOSTS, f"127.0.0.1:{site.port}")
        assert fetch(site.url()).content == b"hello"

    assert len(site.asked) == 1


def test_the_connection_goes_to_the_address_that_was_checked():
    """Nobody asks for the name again: what it means a moment later is all the same."""
    asked = []

    def resolver(host, port):
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    guard = local("127.0.0.0/8")
    with serving(hello) as site:
        answer = fetch(
            site.url(host="rebinds.test"), guard=type(guard)(guard.allowed, resolver=resolver)
        )

    assert answer.content == b"hello"
    assert asked == ["rebinds.test"]
    assert site.asked[0].headers["host"] == f"rebinds.test:{site.port}"


def test_the_next_address_is_tried_where_one_does_not_answer():
    guard = local("127.0.0.0/8")
    several = type(guard)(guard.allowed, resolver=lambda host, port: ["127.0.0.2", "127.0.0.1"])
    with serving(hello) as site:
        assert fetch(site.url(host="two.test"), guard=several).content == b"hello"


def test_redirects_are_followed():
    def answering(asked):
        if asked.path == "/old":
            asked.give(302, location="/new")
        else:
            hello(asked)

    with serving(answering) as site:
        answer = fetch(site.url("/old"), guard=local())

    assert (answer.url, answer.content) == (site.url("/new"), b"hello")


def test_a_redirect_to_an_internal_address_is_refused():
    with (
        serving(lambda asked: asked.give(302, location="http://169.254.169.254/key")) as site,
        pytest.raises(UrlNotAllowedError, match=r"169\.254\.169\.254"),
    ):
        fetch(site.url(), guard=local())


@pytest.mark.parametrize("place", ["file:///etc/passwd", "ftp://a.test/", "http://u:p@a.test/"])
def test_a_redirect_to_what_is_no_plain_address_is_refused(place):
    with (
        serving(lambda asked: asked.give(302, location=place)) as site,
        pytest.raises(UrlNotAllowedError),
    ):
        fetch(site.url(), guard=local())


def test_a_ring_of_redirects_ends():
    with (
        serving(lambda asked: asked.give(302, location="/")) as site,
        pytest.raises(InvalidInputError, match="more than 3 redirects"),
    ):
        fetch(site.url(), guard=local(), limits=Limits(redirects=3))

    assert len(site.asked) == 4


def test_another_host_gets_no_key():
    def answering(asked):
        if asked.headers["host"].startswith("other"):
            asked.give()
        else:
            asked.give(307, location=site.url("/there", host="other.test"))

    guard = local(other_test="127.0.0.1")
    with serving(answering) as site:
        headers = {"authorization": "Bearer k", "cookie": "c", "accept": "text/plain"}
        fetch(site.url(), method="POST", content=b"x", headers=headers, guard=guard)

    there = site.asked[1]
    assert (there.command, there.content, there.headers["accept"]) == ("POST", b"x", "text/plain")
    assert (there.headers["authorization"], there.headers["cookie"]) == (None, None)


def test_the_same_host_gets_all_and_a_post_becomes_a_get():
    def answering(asked):
        asked.give(**({"status": 303, "location": "/there"} if asked.path == "/" else {}))

    with serving(answering) as site:
        fetch(site.url(), method="POST", content=b"x", headers={"x-key": "k"}, guard=local())

    there = site.asked[1]
    assert (there.command, there.content, there.headers["x-key"]) == ("GET", b"", "k")


@pytest.mark.parametrize("says", [True, False])
def test_an_answer_that_is_too_large_is_not_read_on(says):
    def answering(asked):
        if says:
            asked.give(content=b"x" * 2000)
        else:
            asked.give(content=b"x" * 2000, content_length=1 << 40)

    with serving(answering) as site, pytest.raises(InvalidInputError, match="is larger than"):
        fetch(site.url(), guard=local(), limits=Limits(max_bytes=1000))


def test_packed_content_is_counted_unpacked():
    packed = gzip.compress(b"x" * 100_000)

    def answering(asked):
        asked.give(content=packed, content_encoding="gzip")

    with serving(answering) as site:
        assert fetch(site.url(), guard=local()).content == b"x" * 100_000
        with pytest.raises(InvalidInputError, match="is larger than"):
            fetch(site.url(), guard=local(), limits=Limits(max_bytes=50_000))


def test_an_answer_that_does_not_come_takes_no_longer_than_allowed():
    with (
        serving(lambda asked: asked.site.over.wait(30)) as site,
        pytest.raises(StepTimeoutError, match=r"within 0\.2 s") as raised,
    ):
        fetch(site.url("/?key=secret"), guard=local(), limits=Limits(seconds=0.2))

    assert "secret" not in str(raised.value)


def test_an_answer_that_drips_takes_no_longer_than_allowed():
    """Each byte comes in time for itself; all of them would take for ever."""

    def answering(asked):
        asked.send_response(200)
        asked.send_header("content-length", "100000")
        asked.end_headers()
        while not asked.site.over.wait(0.02):
            asked.wfile.write(b"x")
            asked.wfile.flush()

    with serving(answering) as site, pytest.raises(StepTimeoutError):
        fetch(site.url(), guard=local(), limits=Limits(seconds=0.3))


def test_an_answer_that_is_cut_off_may_come_whole_later():
    def answering(asked):
        asked.give(content=b"half", content_length=8)
        asked.close_connection = True

    with (
        serving(answering) as site,
        pytest.raises(TemporaryFailureError, match="cannot be reached"),
    ):
        fetch(site.url(), guard=local())


def test_a_port_where_nobody_listens_may_answer_later():
    with serving(hello) as site:
        pass
    with pytest.raises(TemporaryFailureError, match="cannot be reached"):
        fetch(site.url(), guard=local())


def test_a_header_that_cannot_be_sent_is_the_askers_fault():
    with serving(hello) as site, pytest.raises(InvalidInputError, match="cannot be sent"):
        fetch(site.url(), headers={"x-key": "a\nb"}, guard=local())


def test_content_that_is_not_packed_as_it_says_is_a_failure_of_the_other_side():
    with (
        serving(lambda asked: asked.give(content=b"plain", content_encoding="gzip")) as site,
        pytest.raises(TemporaryFailureError),
    ):
        fetch(site.url(), guard=local())


@pytest.mark.parametrize(
    "url",
    [
        *("", "paper.pdf", "/etc/passwd", "file:///etc/passwd", "gopher://a.test/", "http://"),
        *("http://user:pass@a.test/", "http://a.test:x/", "http://a\n.test/", "javascript:1"),
        "http://a.test/" + "x" * 9000,
    ],
)
def test_what_is_no_address_of_the_web_is_refused(url):
    with pytest.raises(UrlNotAllowedError):
        check_url(url)


@pytest.mark.parametrize("url", ["http://a.test", "https://a.test:8443/b?c#d", "http://[::1]/"])
def test_addresses_of_the_web_pass_unasked(url):
    check_url(url)
