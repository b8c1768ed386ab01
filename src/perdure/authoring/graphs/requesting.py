"""What a step of type `http` does: it sends one request, and the answer is its result.

Where it may go is for the guard of `outgoing` to say. Methods that change something carry the
visit's idempotency key, the same for every try.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from perdure.authoring.graphs.attempts import Attempting, result_of
from perdure.authoring.graphs.policies import Policy
from perdure.authoring.graphs.values import Lookups, steps_of
from perdure.errors import InvalidInputError, InvalidOutputError
from perdure.kernel.filling import MAX_VALUE, resolve
from perdure.kernel.references import Json, Template, read
from perdure.outgoing.fetching import Answer, Limits, fetch
from perdure.outgoing.statuses import check_status
from perdure.ports.executor import Result, Work
from perdure.wire.encoding import encode_value

DEFAULT_SECONDS = 30.0
KEY = "idempotency-key"
SAFE = ("GET", "HEAD", "OPTIONS")
"""Methods that change nothing, and carry no key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpBody(Attempting):
    """Sends a request; statuses in `accepted` are results, whatever they mean elsewhere."""

    method: str
    url: Template
    headers: Template
    query: Template
    body: Template
    accepted: frozenset[int]
    seconds: float
    policy: Policy

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> "HttpBody":
        """Return the body for a step's config."""
        return cls(
            method=config.get("method", "GET"),
            url=read(config["url"]),
            headers=read(config.get("headers", {})),
            query=read(config.get("query", {})),
            body=read(config.get("body")),
            accepted=frozenset(config.get("accept_status", ())),
            seconds=config.get("timeout") or DEFAULT_SECONDS,
            policy=Policy.of(config),
        )

    @property
    def steps(self) -> tuple[str, ...]:
        """The steps whose results it reads."""
        return steps_of(self.url, self.headers, self.query, self.body)

    def run(self, work: Work, values: Lookups) -> Result:
        """Send the request once."""
        url = _url(resolve(self.url, values), resolve(self.query, values))
        content, kind = _content(resolve(self.body, values))
        headers = {"content-type": kind} if kind else {}
        if self.method not in SAFE:
            headers[KEY] = work.key
        headers |= _headers(resolve(self.headers, values))
        limits = Limits(seconds=self.seconds, max_bytes=MAX_VALUE)
        answer = fetch(url, method=self.method, headers=headers, content=content, limits=limits)
        if answer.status not in self.accepted:
            check_status(answer, who=f"'{url.partition('?')[0][:200]}'")
        meta = {"method": self.method, "url": url.partition("?")[0], "status": answer.status}
        said = {"status": answer.status, "headers": dict(answer.headers), "body": _body(answer)}
        return result_of(said, meta)


def _url(url: Json, query: Json) -> str:
    if not isinstance(url, str):
        raise InvalidInputError("must be text", path="url")
    assert isinstance(query, dict)
    given = {name: value for name, value in query.items() if value is not None}
    pairs = {name: [_text(part, f"query.{name}") for part in _listed(value)] for name, value in given.items()}  # fmt: skip
    if not pairs:
        return url
    return f"{url}{'&' if '?' in url else '?'}{urlencode(pairs, doseq=True)}"


def _listed(value: Json) -> list[Json]:
    return value if isinstance(value, list) else [value]


def _headers(given: Json) -> dict[str, str]:
    assert isinstance(given, dict)
    return {
        name.lower(): _text(value, f"headers.{name}")
        for name, value in given.items()
        if value is not None
    }


def _text(value: Json, path: str) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | float):
        return str(value)
    raise InvalidInputError("must be text or a number", path=path)


def _content(body: Json) -> tuple[bytes, str]:
    """Return what is sent, and its type: text as it is, all else as JSON."""
    if body is None:
        return b"", ""
    if isinstance(body, str):
        return body.encode(), "text/plain; charset=utf-8"
    return encode_value(body, "body").encode(), "application/json"


def _body(answer: Answer) -> Any:
    """Return the content of an answer: JSON read, text as it is, null where there is none."""
    if not answer.content:
        return None
    kind = answer.media_type
    try:
        text = answer.content.decode("utf-8")
        if kind == "application/json" or kind.endswith("+json"):
            return json.loads(text)
    except UnicodeDecodeError as error:
        if kind.startswith("text/"):
            return answer.content.decode("latin-1")
        raise InvalidOutputError(
            f"the answer has {len(answer.content):,} bytes of {kind or 'an unknown type'}, which are "
            "no text. A function such as 'extract_text' takes files"
        ) from error
    except (ValueError, RecursionError) as error:
        raise InvalidOutputError(f"the answer says that it is JSON, and is not: {error}") from error
    return text
