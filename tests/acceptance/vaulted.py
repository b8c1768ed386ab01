"""A process that puts a secret through everything: `python -m tests.acceptance.vaulted STORE`.

CANARY is the secret, LOG where all log records go. The process kills itself in the midst of its first
life (the file KILLED says that it has had it), and goes on in the next.
"""

import json
import logging
import os
import signal
import sys
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from perdure import heartbeat
from perdure.app.engine import Engine
from perdure.authoring.functions import function
from perdure.authoring.graphs.loader import load_definition
from perdure.authoring.registry import Registry
from perdure.errors import PerdureError

CANARY = os.environ["CANARY"]
KEY = "${workflow.input.key}"
FAILING = ("raise", "chain", "refused", "missing")


class Echo(BaseHTTPRequestHandler):
    """A server that says what it was told, as some do with what they refuse."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(400 if self.path.startswith("/refuse") else 200)
        self.end_headers()
        self.wfile.write(body + self.headers["Authorization"].encode())

    def log_message(self, *_):
        """Say nothing."""


server = HTTPServer(("127.0.0.1", 0), Echo)
threading.Thread(target=server.serve_forever, daemon=True).start()


def post(path: str, key: str) -> str:
    """Send the key as others want it."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{server.server_port}{path}",
        data=json.dumps({"key": key}).encode(),
        headers={"Authorization": f"Bearer {key.encode().hex()}"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.read().decode()


@function("vaulted_use")
def use(key: str, *, how: str) -> object:
    """Do with the key what steps do with keys."""
    if how == "raise":
        raise ValueError(f"no such key: {key}")
    if how == "chain":
        try:
            use(key, how="raise")
        except ValueError as error:
            raise RuntimeError(f"gave up on {key!r}") from error
    if how == "refused":
        post(f"/refuse?key={urllib.request.quote(key)}", key)
    if how == "log":
        logging.getLogger("vaulted").info("with %s, %r", key, {"key": key})
        heartbeat(0.5, {"with": key})
        try:
            use(key, how="raise")
        except ValueError:
            logging.getLogger("vaulted").exception("it failed")
    if how == "kill" and not (flag := Path(os.environ["KILLED"])).exists():
        flag.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return {"said": post("/", key) if how == "post" else key, "deep": [key, {key: key}]}


def step(how: str, **more: object) -> dict[str, object]:
    """Return a step that uses the key so."""
    call = {"type": "data_processing", "function": "vaulted_use", "input": KEY}
    return {"id": how, **call, "parameters": {"how": how}, "continue_on_error": True, **more}


def branch(how: str) -> dict[str, object]:
    """Return a step without an id."""
    made = step(how)
    return {name: made[name] for name in ("type", "function", "input", "parameters")}


DEFINITION = {
    "name": "vaulted",
    "error_handling": {"retry_policy": {"max_retries": 1, "retry_delay_seconds": 0}},
    "steps": [
        *(step(how) for how in ("log", "post", "keep", *FAILING[:3])),
        step("missing", input="${workflow.input.key.nothing}"),
        step("kill", depends_on=["log", "post"]),
        {"id": "mood", "type": "inference", "model": "builtin/sentiment", "input": KEY},
        {"id": "all", "type": "aggregation", "depends_on": ["mood", "keep", "post"]},
        {
            "id": "asked",
            "type": "conditional",
            "condition": "${keep.result.said} == ${workflow.input.key}",
            "if_true": branch("keep"),
        },
        {
            "id": "each",
            "type": "loop",
            "iterate_over": "${keep.result.deep}",
            "on_item_error": "collect",
            "parallel": True,
            "step": branch("raise") | {"input": "${loop.current_item}"},
        },
        {
            "id": "none",
            "type": "loop",
            "iterate_over": KEY,
            "continue_on_error": True,
            "step": branch("keep"),
        },
        {"id": "last", "type": "aggregation", "depends_on": ["each", "asked", "all", "kill"]},
    ],
}


def main(store: str) -> None:
    logging.basicConfig(filename=os.environ["LOG"], level=logging.DEBUG)
    flow, _ = load_definition(DEFINITION)
    with Engine(Path(store), registry=Registry()) as engine:
        run = engine.start(
            flow,
            inputs={"key": {"type": "secret", "value": CANARY}, "plain": "p"},
            security_config={"audit_logging": True},
            idempotency_key="one",
        )
        try:
            sys.stdout.write(f"{run.result(60)!r}\n")
        except PerdureError as error:
            sys.stdout.write(f"{error!r}\n{run.view!r}\n")


if __name__ == "__main__":
    main(sys.argv[1])
