"""One request to an address that somebody else wrote, with its redirects, within bounds."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from perdure.errors import (
    InvalidInputError,
    StepTimeoutError,
    TemporaryFailureError,
    UrlNotAllowedError,
)
from perdure.outgoing.addresses import Guard
from perdure.outgoing.trials import refuse_in_trial

if TYPE_CHECKING:
    import httpx2

MOST_URL = 8_192
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_KEEP_METHOD = frozenset({307, 308})
_HARMLESS = frozenset({"accept", "accept-language", "user-agent", "content-type"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one request may take: all of its time, bytes of the answer unpacked, redirects."""

    seconds: float = 30.0
    max_bytes: int = 20 * 1024 * 1024
    redirects: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came: whatever its status. Names of `headers` are in small letters."""

    url: str
    status: int
    headers: Mapping[str, str]
    content: bytes = field(repr=False)

    @property
    def media_type(self) -> str:
        """The type of the content as its server says it, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


def check_url(url: str) -> None:
    """Refuse what can be seen to be no address of the web, without asking anybody.

    Raises UrlNotAllowedError.
    """
    _parsed(url)


def fetch(
    url: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    content: bytes = b"",
    limits: Limits | None = None,
    guard: Guard | None = None,
) -> Answer:
    """Send one request and return its answer, after redirects; nothing is tried again here.

    Every address on the way is checked by the guard (that of the environment, if none is given).
    Headers are not carried along to another host, but for those that say what is wanted. Raises
    UrlNotAllowedError, InvalidInputError for an answer that is too large, StepTimeoutError when
    the time is over, TemporaryFailureError for any other trouble of the network, NotMockedError
    where it is only tried out.
    """
    import httpcore2
    import httpx2

    from perdure.outgoing.pipes import Transport

    limits = limits or Limits()
    place = _parsed(url)
    refuse_in_trial(f"sends a request to {shown(place)}")
    deadline = time.monotonic() + limits.seconds
    try:
        with httpx2.Client(
            transport=Transport(guard or Guard.of_environment(), deadline),
            headers={"user-agent": "perdure", "accept-encoding": "gzip, deflate"},
            timeout=limits.seconds,
            trust_env=False,
        ) as client:
            request = client.build_request(method, place, headers=headers, content=content)
            return _followed(client, request, limits)
    except httpcore2.LocalProtocolError as error:
        raise InvalidInputError(f"the request to {shown(place)} cannot be sent: {error}") from error
    except (httpcore2.TimeoutException, httpx2.TimeoutException) as error:
        raise StepTimeoutError(
            f"{shown(place)} did not answer in full within {limits.seconds:g} s"
        ) from error
    except (
        httpcore2.NetworkError,
        httpcore2.ProtocolError,
        httpcore2.ProxyError,
        httpx2.HTTPError,
    ) as error:
        what = str(error) or type(error).__name__
        raise TemporaryFailureError(f"{shown(place)} cannot be reached: {what}") from error


def shown(url: "httpx2.URL") -> str:
    """Return a URL for messages: without its query, which may hold a key."""
    return f"'{url.copy_with(query=None, fragment=None)}'"


def _parsed(url: str) -> "httpx2.URL":
    import httpx2

    try:
        place = httpx2.URL(url if len(url) <= MOST_URL else "")
    except httpx2.InvalidURL as error:
        raise UrlNotAllowedError(f"{url[:80]!r} is no URL ({error})") from error
    if place.scheme not in ("http", "https") or not place.host:
        raise UrlNotAllowedError(
            f"{url[:80]!r} is no address of the web. It begins with https:// or http:// and a host, "
            f"and has at most {MOST_URL:,} characters"
        )
    if place.userinfo:
        raise UrlNotAllowedError(
            f"the URL of {place.host!r} holds a name or password. Send it as a header instead"
        )
    return place


def _followed(client: "httpx2.Client", request: "httpx2.Request", limits: Limits) -> Answer:
    for _ in range(limits.redirects + 1):
        answer = client.send(request, stream=True)
        try:
            if answer.status_code not in _REDIRECTS or "location" not in answer.headers:
                return Answer(
                    url=str(request.url),
                    status=answer.status_code,
                    headers=dict(answer.headers),
                    content=_body(answer, limits.max_bytes),
                )
            request = _next(client, request, answer)
        finally:
            answer.close()
    raise InvalidInputError(f"{shown(request.url)}: more than {limits.redirects} redirects")


def _body(answer: "httpx2.Response", most: int) -> bytes:
    """Return the content unpacked; pieces of it, not all, are unpacked before they are counted."""
    size = answer.headers.get("content-length", "")
    parts: list[bytes] = []
    left = most - (int(size) if size.isdigit() and len(size) < 20 else 0)
    if left >= 0:
        left = most
        for part in answer.iter_bytes(64 * 1024):
            left -= len(part)
            if left < 0:
                break
            parts.append(part)
    if left < 0:
        raise InvalidInputError(f"{shown(answer.url)} is larger than {most / 2**20:g} MiB")
    return b"".join(parts)


def _next(
    client: "httpx2.Client", request: "httpx2.Request", answer: "httpx2.Response"
) -> "httpx2.Request":
    """Return the request that a redirect asks for, with nothing in it that another host may misuse."""
    import httpx2

    try:
        place = _parsed(str(request.url.join(answer.headers["location"])))
    except httpx2.InvalidURL as error:
        raise UrlNotAllowedError(f"{shown(request.url)} leads to what is no URL") from error
    keeps = answer.status_code in _KEEP_METHOD or request.method in ("GET", "HEAD")
    same = _origin(place) == _origin(request.url)
    headers = {
        name: value
        for name, value in request.headers.items()
        if (same or name in _HARMLESS) and name not in ("host", "content-length")
    }
    return client.build_request(
        request.method if keeps else "GET",
        place,
        headers=headers,
        content=request.content if keeps else b"",
    )


def _origin(url: "httpx2.URL") -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port
