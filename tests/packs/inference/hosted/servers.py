"""OpenAI's and Anthropic's APIs on this machine: chat answers, streams, errors, usage.

They speak the protocols as the vendors' own SDKs expect them (`test_servers` has these ask), answer
by a rule of the test's, and keep what they were asked. A key that is not `KEY` is refused.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import count

from tests.outgoing.servers import Asked, Site, serving

KEY = "local-test-key-1234"


@dataclass
class Says:
    """An answer: text, or for a tool that must be used its arguments; and the tokens it took."""

    text: str = "Paris."
    value: object = None
    input_tokens: int = 12
    output_tokens: int = 3
    cached_tokens: int = 0
    finish: str = ""
    model: str = ""
    told_usage: bool = True


@dataclass
class Refuses:
    """An error as the service gives it."""

    status: int
    kind: str = "invalid_request_error"
    message: str = "no"
    code: str | None = None
    headers: dict[str, str] = field(default_factory=dict)


Rule = Callable[[dict, int], Says | Refuses | None]
"""What to say to a body, by its number from 1; None leaves the caller waiting for ever."""


@dataclass
class Service:
    """A server, with all requests for answers that came, and the connections that they came by."""

    site: Site
    models: tuple[str, ...]
    bodies: list[dict] = field(default_factory=list)
    headers: list[dict] = field(default_factory=list)
    connections: set = field(default_factory=set)

    @property
    def count(self):
        return len(self.bodies)

    def keep(self, asked):
        body = json.loads(asked.content)
        self.bodies.append(body)
        self.headers.append({name.lower(): value for name, value in asked.headers.items()})
        self.connections.add(asked.client_address)
        return body


def always(answer) -> Rule:
    return lambda _body, _number: answer


@contextmanager
def openai_api(rule: Rule, models=("gpt-4o-mini", "gpt-4o")) -> Iterator[Service]:
    """Serve `/v1/chat/completions` and `/v1/models`; the base URL is `service.site.url("/v1")`."""
    with _served(_openai, rule, models) as service:
        yield service


@contextmanager
def anthropic_api(
    rule: Rule, models=("claude-haiku-4-5", "claude-sonnet-4-5")
) -> Iterator[Service]:
    """Serve `/v1/messages`; the base URL is `service.site.url("")`."""
    with _served(_anthropic, rule, models) as service:
        yield service


@contextmanager
def _served(speak, rule, models):
    held: list[Service] = []
    numbers = count(1)

    def answering(asked):
        speak(asked, held[0], partial(_said, rule, numbers))

    with serving(answering) as site:
        held.append(Service(site, models))
        yield held[0]


def _said(rule, numbers, body, asked):
    answer = rule(body, next(numbers))
    if answer is None:
        asked.site.over.wait()
        asked.close_connection = True
    return answer


def _json(asked: Asked, status, body, **headers):
    content = json.dumps(body).encode()
    asked.give(status, content, content_type="application/json", **headers)


def _events(asked: Asked, events, **headers):
    """Send server-sent events, each in a chunk of its own; the connection stays."""
    asked.send_response(200)
    for name, value in {"content-type": "text/event-stream; charset=utf-8", **headers}.items():
        asked.send_header(name, value)
    asked.send_header("transfer-encoding", "chunked")
    asked.end_headers()
    for content in (*(event.encode() for event in events), b""):
        asked.wfile.write(f"{len(content):x}\r\n".encode() + content + b"\r\n")
        asked.wfile.flush()


def _pieces(text):
    return [text[at : at + 4] for at in range(0, len(text), 4)] or [""]


# ---- OpenAI ------------------------------------------------------------------------------------


def _openai(asked: Asked, service: Service, say):
    if asked.headers.get("authorization") != f"Bearer {KEY}":
        key = (asked.headers.get("authorization") or "").removeprefix("Bearer ")
        told = f"Incorrect API key provided: {key}."
        return _openai_error(asked, Refuses(401, "invalid_request_error", told, "invalid_api_key"))
    if asked.command == "GET" and asked.path == "/v1/models":
        data = [
            {"id": m, "object": "model", "created": 1, "owned_by": "here"} for m in service.models
        ]
        return _json(asked, 200, {"object": "list", "data": data})
    if asked.command != "POST" or asked.path != "/v1/chat/completions":
        return _openai_error(asked, Refuses(404, message=f"Unknown request URL: {asked.path}"))
    body = service.keep(asked)
    if wrong := _openai_wrong(body, service.models):
        return _openai_error(asked, wrong)
    said = say(body, asked)
    if isinstance(said, Refuses):
        return _openai_error(asked, said)
    if said is not None:
        _openai_answer(asked, body, said, service.count)
    return None


def _openai_wrong(body, models):
    if not isinstance(body.get("messages"), list) or not body["messages"]:
        return Refuses(400, message="Missing required parameter: 'messages'.", code="missing")
    if body.get("model") not in models:
        told = f"The model `{body.get('model')}` does not exist or you do not have access to it."
        return Refuses(404, message=told, code="model_not_found")
    if not 0 <= (body.get("temperature") or 0) <= 2:
        return Refuses(400, message="Invalid 'temperature'.", code="decimal_above_max_value")
    return None


def _openai_error(asked, wrong):
    error = {"message": wrong.message, "type": wrong.kind, "param": None, "code": wrong.code}
    _json(asked, wrong.status, {"error": error}, **wrong.headers)


def _openai_usage(said):
    return {
        "prompt_tokens": said.input_tokens,
        "completion_tokens": said.output_tokens,
        "total_tokens": said.input_tokens + said.output_tokens,
        "prompt_tokens_details": {"cached_tokens": said.cached_tokens},
        "completion_tokens_details": {"reasoning_tokens": 0},
    }


def _openai_answer(asked, body, said, number):
    base = {
        "id": f"chatcmpl-{number}",
        "created": 1_700_000_000 + number,
        "model": said.model or body["model"],
        "system_fingerprint": "fp_local",
    }
    text = said.text if said.value is None else json.dumps(said.value)
    finish = said.finish or "stop"
    if not body.get("stream"):
        message = {"role": "assistant", "content": text, "refusal": None}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": finish}
        whole = {**base, "object": "chat.completion", "choices": [choice]}
        if said.told_usage:
            whole["usage"] = _openai_usage(said)
        return _json(asked, 200, whole, x_request_id=f"req_{number}")
    chunk = partial(_openai_chunk, base)
    events = [chunk({"role": "assistant", "content": ""})]
    events += [chunk({"content": piece}) for piece in _pieces(text)]
    events.append(chunk({}, finish))
    if (body.get("stream_options") or {}).get("include_usage"):
        last = {**base, "object": "chat.completion.chunk", "choices": []}
        events.append(f"data: {json.dumps({**last, 'usage': _openai_usage(said)})}\n\n")
    return _events(asked, [*events, "data: [DONE]\n\n"])


def _openai_chunk(base, delta, finish=None):
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
    body = {**base, "object": "chat.completion.chunk", "choices": [choice]}
    return f"data: {json.dumps(body)}\n\n"


# ---- Anthropic ---------------------------------------------------------------------------------


def _anthropic(asked: Asked, service: Service, say):
    bearer = (asked.headers.get("authorization") or "").removeprefix("Bearer ")
    if KEY not in (asked.headers.get("x-api-key"), bearer):  # SDKs of different years
        return _anthropic_error(asked, Refuses(401, "authentication_error", "invalid x-api-key"))
    if asked.command != "POST" or asked.path.partition("?")[0] != "/v1/messages":
        return _anthropic_error(asked, Refuses(404, "not_found_error", "Not Found"))
    if not asked.headers.get("anthropic-version"):
        told = "anthropic-version: header is required"
        return _anthropic_error(asked, Refuses(400, "invalid_request_error", told))
    body = service.keep(asked)
    if wrong := _anthropic_wrong(body, service.models):
        return _anthropic_error(asked, wrong)
    said = say(body, asked)
    if isinstance(said, Refuses):
        return _anthropic_error(asked, said)
    if said is not None:
        _anthropic_answer(asked, body, said, service.count)
    return None


def _anthropic_wrong(body, models):
    for needed in ("model", "max_tokens", "messages"):
        if needed not in body:
            return Refuses(400, "invalid_request_error", f"{needed}: Field required")
    if body["model"] not in models:
        return Refuses(404, "not_found_error", f"model: {body['model']}")
    if not 0 <= body.get("temperature", 1) <= 1:
        return Refuses(400, "invalid_request_error", "temperature: range: 0..1")
    return None


def _anthropic_error(asked, wrong):
    error = {"type": wrong.kind, "message": wrong.message}
    body = {"type": "error", "error": error, "request_id": "req_local"}
    _json(asked, wrong.status, body, request_id="req_local", **wrong.headers)


def _anthropic_usage(said):
    return {
        "input_tokens": said.input_tokens,
        "output_tokens": said.output_tokens,
        "cache_read_input_tokens": said.cached_tokens,
        "cache_creation_input_tokens": 0,
    }


def _anthropic_answer(asked, body, said, number):
    uses = said.value is not None and body.get("tools")
    block = {"type": "text", "text": said.text}
    if uses:
        name = body["tools"][0]["name"]
        block = {"type": "tool_use", "id": f"toolu_{number}", "name": name, "input": said.value}
    whole = {
        "id": f"msg_{number}",
        "type": "message",
        "role": "assistant",
        "model": said.model or body["model"],
        "content": [block],
        "stop_reason": said.finish or ("tool_use" if uses else "end_turn"),
        "stop_sequence": None,
        "usage": _anthropic_usage(said),
    }
    if body.get("stream"):
        _events(asked, _anthropic_events(whole, said), **{"request-id": f"req_{number}"})
    else:
        _json(asked, 200, whole, request_id=f"req_{number}")


def _anthropic_events(whole, said):
    block = whole["content"][0]
    first = {**whole, "content": [], "stop_reason": None}
    first["usage"] = {**whole["usage"], "output_tokens": 1}
    yield _event("message_start", message=first)
    if block["type"] == "text":
        yield _event("content_block_start", index=0, content_block={"type": "text", "text": ""})
        yield _event("ping")
        deltas = [{"type": "text_delta", "text": piece} for piece in _pieces(block["text"])]
    else:
        yield _event("content_block_start", index=0, content_block={**block, "input": {}})
        pieces = _pieces(json.dumps(block["input"]))
        deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in pieces]
    for delta in deltas:
        yield _event("content_block_delta", index=0, delta=delta)
    yield _event("content_block_stop", index=0)
    ended = {"stop_reason": whole["stop_reason"], "stop_sequence": None}
    yield _event("message_delta", delta=ended, usage={"output_tokens": said.output_tokens})
    yield _event("message_stop")


def _event(kind, **body):
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **body})}\n\n"
